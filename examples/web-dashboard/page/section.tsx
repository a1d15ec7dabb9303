import { type ReactNode, useLayoutEffect, useRef } from 'react';

interface SectionProps {
  readonly name: string;
  readonly title: string;
  /** Message shown if the section failed. */
  readonly failure: string;
  readonly isLoading: boolean;
  readonly hasFailed: boolean;
  readonly isRetrying: boolean;
  readonly onRetry: () => void;
  /** Placeholder shown while loading. */
  readonly skeleton: ReactNode;
  readonly children: ReactNode;
}

export function Section(props: SectionProps) {
  const { name, title, failure, isLoading, hasFailed, isRetrying, onRetry, skeleton, children } = props;
  return (
    <section className={name} aria-labelledby={`${name}-title`}>
      <h2 id={`${name}-title`} tabIndex={-1}>
        {title}
      </h2>
      {isLoading && (
        <>
          <p className="unseen" role="status">
            {title} loading
          </p>
          <div aria-hidden="true">{skeleton}</div>
        </>
      )}
      {!isLoading && hasFailed && <Failure what={failure} isRetrying={isRetrying} onRetry={onRetry} />}
      {!isLoading && !hasFailed && children}
    </section>
  );
}

interface FailureProps {
  readonly what: string;
  readonly isRetrying: boolean;
  readonly onRetry: () => void;
}

/** An unobtrusive message, because the rest of the page works. */
export function Failure({ what, isRetrying, onRetry }: FailureProps) {
  const button = useRef<HTMLButtonElement>(null);
  // The button disappears after a successful retry, so move the focus to the section.
  useLayoutEffect(() => {
    const leaving = button.current;
    return () => {
      if (leaving === document.activeElement)
        leaving?.closest('section')?.querySelector('h2')?.focus({ preventScroll: true });
    };
  }, []);
  return (
    <div className="failure" role="status">
      <p>{what}</p>
      {/* Not `disabled`, which would take the focus away. */}
      <button ref={button} type="button" aria-disabled={isRetrying} onClick={() => !isRetrying && onRetry()}>
        {isRetrying ? 'Trying…' : 'Try again'}
      </button>
    </div>
  );
}
