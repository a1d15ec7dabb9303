const WIDTH = 30;

/** A progress bar on standard error. Without a terminal, it prints one line at the start and one at the end. */
export function progressBar(label: string): (done: number, total: number) => void {
  const { stderr } = process;
  let drawn = -1;
  return (done, total) => {
    const percent = Math.floor((done / total) * 100);
    if (percent === drawn) return;
    drawn = percent;
    const filled = Math.round((percent / 100) * WIDTH);
    const line = `${label} [${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)}] ${percent}%`;
    if (stderr.isTTY) stderr.write(`\r${line}${percent === 100 ? '\n' : ''}`);
    else if (percent === 0 || percent === 100) stderr.write(`${line}\n`);
  };
}
