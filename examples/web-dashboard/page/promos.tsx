import type { DashboardQuery_dashboard_promos as Promo } from '@facet/web-client';
import { dayOf } from './dates.ts';
import { Picture } from './picture.tsx';

export function Promos({ promos }: { readonly promos: readonly Promo[] }) {
  if (promos.length === 0) return <p className="empty">No promotions today.</p>;
  return (
    <ul className="card promo-list">
      {promos.map(({ id, title, body, imageUrl, endsAt }) => (
        <li key={id} className="promo">
          <Picture className="promo-picture" url={imageUrl} />
          <div>
            <h3>{title}</h3>
            <p className="promo-body">{body}</p>
            <p className="quiet">
              Until <time dateTime={endsAt}>{dayOf(endsAt)}</time>
            </p>
          </div>
        </li>
      ))}
    </ul>
  );
}

export function PromoSkeletons() {
  return (
    <div className="card promo-list">
      {['a', 'b', 'c', 'd'].map((key) => (
        <div key={key} className="promo">
          <span className="promo-picture bone" />
          <div className="lines">
            <span className="bone" style={{ width: '8rem' }} />
            <span className="bone" />
            <span className="bone" style={{ width: '6rem' }} />
          </div>
        </div>
      ))}
    </div>
  );
}
