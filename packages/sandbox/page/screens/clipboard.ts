/** Puts a text on the clipboard. Rejects where the browser does not let it. */
export async function copy(text: string): Promise<void> {
  // Browsers give it to pages of https and localhost alone.
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement('textarea');
  area.value = text;
  document.body.append(area);
  area.select();
  const isCopied = document.execCommand('copy');
  area.remove();
  if (!isCopied) throw new Error('The browser does not let the page copy.');
}
