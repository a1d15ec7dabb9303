import type { StoredUser } from '../data/model.ts';

/** A user's initials as a small picture, always the same for the same user. */
export function avatar({ id, firstName, lastName }: Pick<StoredUser, 'id' | 'firstName' | 'lastName'>): string {
  const hue = (Number(id.slice('u_'.length)) * GOLDEN_ANGLE) % 360;
  return [
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96" role="img">',
    `<title>${id}</title><rect width="96" height="96" fill="hsl(${hue.toFixed(0)} 38% 42%)"/>`,
    '<text x="48" y="49" fill="#fff" font-family="Helvetica, Arial, sans-serif" font-size="38" font-weight="600"',
    ` text-anchor="middle" dominant-baseline="central">${initial(firstName)}${initial(lastName)}</text>`,
    '</svg>',
  ].join('');
}

/** Consecutive users get different colours. */
const GOLDEN_ANGLE = 137.508;

/** Only letters, so that no XML escaping is needed. */
const initial = (name: string): string => /\p{L}/u.exec(name)?.[0].toUpperCase() ?? '';
