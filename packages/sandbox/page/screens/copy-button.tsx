import { useState } from 'react';
import { copy } from './clipboard.ts';

const TOLD_MS = 1_500;

interface Props {
  readonly label: string;
  /** What is copied in that form. */
  readonly of: string;
  readonly text: () => string;
}

/** Copies a text, and says so for a moment. */
export function CopyButton({ label, of, text }: Props) {
  const [told, setTold] = useState<string>();
  const tell = (word: string) => {
    setTold(word);
    setTimeout(() => setTold(undefined), TOLD_MS);
  };
  return (
    <>
      <button
        type="button"
        className="facet-link"
        aria-label={`Copy ${of} as ${label}`}
        onClick={() => {
          copy(text()).then(
            () => tell('copied'),
            () => tell('not copied'),
          );
        }}
      >
        {told ?? label}
      </button>
      {/* What is within a button is not announced. */}
      <span role="status" className="facet-sr">
        {told}
      </span>
    </>
  );
}
