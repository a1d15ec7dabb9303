/** A small abstract picture as SVG, always the same for the same id. */
export function picture(id: string): string {
  const next = numbersFrom(id);
  const hue = next() % 360;
  const shapes = Array.from({ length: 5 }, () => {
    const fill = `hsl(${(hue + (next() % 60)) % 360} ${55 + (next() % 30)}% ${45 + (next() % 35)}%)`;
    const [x, y, size] = [next() % 320, next() % 240, 30 + (next() % 80)];
    return next() % 2 === 0
      ? `<circle cx="${x}" cy="${y}" r="${size}" fill="${fill}" opacity=".8"/>`
      : `<rect x="${x - size}" y="${y - size}" width="${size * 2}" height="${size * 2}" rx="${size / 4}" fill="${fill}" opacity=".8" transform="rotate(${next() % 90} ${x} ${y})"/>`;
  });
  return [
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 240" role="img">',
    `<title>${id}</title><rect width="320" height="240" fill="hsl(${hue} 40% 90%)"/>`,
    ...shapes,
    '</svg>',
  ].join('');
}

/** A linear congruential generator (Numerical Recipes' constants), started from the text. */
function numbersFrom(text: string): () => number {
  let state = 2_166_136_261;
  for (const character of text) state = Math.imul(state ^ character.charCodeAt(0), 16_777_619);
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 8;
  };
}
