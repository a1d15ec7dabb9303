import type { HomeQuery_home_promos as Promo } from '@facet/mobile-client';
import { dayOf } from './format.ts';
import { Picture } from './picture.tsx';

export function Promos({ promos }: { readonly promos: readonly Promo[] }) {
  if (promos.length === 0) return <p className="empty">No promotions today.</p>;
  return (
    // Must be focusable for scrolling by keyboard.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable content without focusable elements
    <ul className="row" tabIndex={0} aria-label="Promotions">
      {promos.map(({ id, title, imageUrl, endsAt }) => (
        <li key={id} className="promo">
          <Picture className="promo-picture" url={imageUrl} />
          <h3>{title}</h3>
          <p className="quiet">
            Until <time dateTime={endsAt}>{dayOf(endsAt)}</time>
          </p>
        </li>
      ))}
    </ul>
  );
}

export function PromoSkeletons() {
  return (
    <div className="row">
      {['a', 'b'].map((key) => (
        <div key={key} className="promo">
          <span className="bone promo-picture" />
          <span className="bone" style={{ width: '9rem' }} />
          <span className="bone" style={{ width: '6rem' }} />
        </div>
      ))}
    </div>
  );
}
