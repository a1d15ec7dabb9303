import { startBff } from '@facet/testing/internal/bff.ts';
import { bff as mobile } from '@facet/testing/internal/fixture/bffs/mobile/bff.ts';
import { json, startLocalService } from '@facet/testing/internal/local-service.ts';
import { describe, expect, test } from '@jest/globals';
import { passThroughCookies } from './output/send.ts';

const GREETING = '{ home { greeting } }';
const MEMBER = { id: 'm_42', firstName: 'Ada', lastName: 'Lovelace' };

async function setCookieOf(cookies: string[], passThroughCookies: readonly string[]) {
  await using members = await startLocalService((_request, response) =>
    json(response, [MEMBER], { 'set-cookie': cookies, 'cache-control': 'public, max-age=60' }),
  );
  const urls = { members: members.url, loans: members.url, library: members.url };
  await using bff = await startBff({ ...mobile, passThroughCookies }, urls);
  const { status, headers } = await bff.query(GREETING);
  return { status, setCookie: headers.getSetCookie(), cacheControl: headers.get('cache-control') };
}

describe('Set-Cookie of a service', () => {
  test('stays where it is', async () => {
    const answer = await setCookieOf(['session=s1; HttpOnly'], []);
    expect(answer).toEqual({ status: 200, setCookie: [], cacheControl: 'no-store' });
  });

  test('goes on where the client lists its name, with all that it says', async () => {
    const listed = ['session=s1; Path=/; HttpOnly; Secure', 'theme=dark'];
    const answer = await setCookieOf([...listed, 'tracker=t'], ['session', 'theme']);
    expect(answer).toEqual({ status: 200, setCookie: listed, cacheControl: 'no-store' });
  });

  test('is known by its whole name, in its case', () => {
    const cookies = ['Session=1', 'session2=1', ' session =1', 'session', 'x=session=1', ''];
    expect(passThroughCookies(cookies, ['session'])).toEqual([' session =1', 'session']);
  });

  test('stays where Node could not send it', () => {
    expect(passThroughCookies(['session=a\u007f', 'session=a\u0001', 'session=\u00e9'], ['session'])).toEqual([
      'session=\u00e9',
    ]);
  });
});
