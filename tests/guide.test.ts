import { expect, test } from '@jest/globals';
import { edited, isAsShown, sectionsOf } from './guide.ts';

const block = (info: string, text: string) => `\`\`\`${info}\n${text}\n\`\`\`\n`;

test('every block is a step, in its section', () => {
  const guide = [
    '## 1. One\n',
    block('json some/file.json', '{}'),
    block('diff some/file.json', '-{}\n+[]'),
    block('sh listens on 3004', 'serve'),
    '## 2. Two\n',
    block('sh', 'fail'),
    block('text exit 2', '## 3. No heading'),
    block('sh', 'succeed'),
  ].join('');
  expect(sectionsOf(guide)).toMatchObject([
    {
      title: '1. One',
      steps: [
        { kind: 'write', path: 'some/file.json', text: '{}\n' },
        { kind: 'edit', path: 'some/file.json', text: '-{}\n+[]\n' },
        { kind: 'serve', command: 'serve', port: 3004 },
      ],
    },
    {
      title: '2. Two',
      steps: [
        { kind: 'run', command: 'fail', exitCode: 2, output: { language: 'text', text: '## 3. No heading\n' } },
        { kind: 'run', command: 'succeed', exitCode: 0, output: undefined },
      ],
    },
  ]);
});

test.each([
  ['nothing that says what it is', block('', 'text')],
  ['an output of nothing', block('text', 'output')],
  ['a second output', block('sh', 'go') + block('text', 'one') + block('text', 'two')],
  ['a file without a name', block('ts', 'const x = 1;')],
  ['a command that does who knows what', block('sh sometimes', 'go')],
])('%s is refused', (_what, text) => {
  expect(() => sectionsOf(`## 1. One\n${text}`)).toThrow('Nobody knows');
});

test('a block before the first heading is refused', () => {
  expect(() => sectionsOf(block('sh', 'go'))).toThrow('before the first heading');
});

test('a change is made in the one place that it fits', () => {
  expect(edited('a\nb\nc\n', ' a\n-b\n+x\n+y\n c\n')).toBe('a\nx\ny\nc\n');
  expect(() => edited('a\nb\n', '-z\n+x\n')).toThrow('0 places');
  expect(() => edited('b\nb\n', '-b\n+x\n')).toThrow('2 places');
});

test.each([
  ['one\ntwo\n', 'one\ntwo\n', true],
  ['one\ntwo\nthree\n', 'one\n…\nthree\n', true],
  ['one\nthree\n', 'one\n…\nthree\n', true],
  ['one\ntwo\n', 'one\n', false],
  ['one (1)\n', 'one (1)\n', true],
  ['one1\n', 'one.\n', false],
])('%j is as %j shows it: %j', (printed, text, expected) => {
  expect(isAsShown(printed, { language: 'text', text })).toBe(expected);
});

test('JSON may be laid out in another way, and not say anything else', () => {
  expect(isAsShown('{"a":[1]}', { language: 'json', text: '{ "a": [\n1 ] }\n' })).toBe(true);
  expect(isAsShown('{"a":[1]}', { language: 'json', text: '{ "a": [2] }' })).toBe(false);
  expect(isAsShown('', { language: 'json', text: '{}' })).toBe(false);
});
