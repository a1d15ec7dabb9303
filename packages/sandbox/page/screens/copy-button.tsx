import { useState } from 'react';

const MESSAGE_MS = 1_500;

interface Props {
  readonly label: string;
  /** Name of the copied item. */
  readonly of: string;
  readonly text: () => string;
}

/** Copies a text and shows a short confirmation. */
export function CopyButton({ label, of, text }: Props) {
  const [message, setMessage] = useState<string>();
  const show = (text: string) => {
    setMessage(text);
    setTimeout(() => setMessage(undefined), MESSAGE_MS);
  };
  return (
    <>
      <button
        type="button"
        className="facet-link"
        aria-label={`Copy ${of} as ${label}`}
        onClick={() => {
          copy(text()).then(
            () => show('copied'),
            () => show('not copied'),
          );
        }}
      >
        {message ?? label}
      </button>
      {/* Screen readers do not announce changes inside a button. */}
      <span role="status" className="facet-sr">
        {message}
      </span>
    </>
  );
}

/** Copies a text to the clipboard. Rejects if the browser does not allow it. */
async function copy(text: string): Promise<void> {
  // Only available on https and localhost.
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement('textarea');
  area.value = text;
  document.body.append(area);
  area.select();
  const isCopied = document.execCommand('copy');
  area.remove();
  if (!isCopied) throw new Error('The browser does not allow copying.');
}
