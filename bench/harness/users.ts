const FIRST = 1_000_000;
const LAST = 9_999_999;

let next = FIRST;

/** A user who has not asked for anything yet. All ids have one length, so that all answers have one too. */
export function nextUser(): string {
  if (next > LAST) throw new Error('There are no more users.');
  next += 1;
  return `u_${next - 1}`;
}
