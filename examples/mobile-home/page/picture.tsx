import { useState } from 'react';

interface Props {
  readonly className: string;
  /** Null where it is not known. */
  readonly url: string | null;
}

/** A decorative picture without alternative text. Keeps its space if it cannot be loaded. */
export function Picture({ className, url }: Props) {
  const [broken, setBroken] = useState<string>();
  if (url === null || url === broken) return <span className={`${className} no-picture`} aria-hidden="true" />;
  return <img className={className} src={url} alt="" decoding="async" onError={() => setBroken(url)} />;
}
