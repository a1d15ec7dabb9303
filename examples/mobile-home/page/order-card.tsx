import type { HomeQuery_home_recentOrders as Order, OrderStatus } from '@facet/mobile-client';
import { dayOf, itemsOf, moneyOf } from './format.ts';

/** Label and completed steps of each order status. */
const PROGRESS: Readonly<Record<OrderStatus, { readonly label: string; readonly steps: number }>> = {
  pending: { label: 'Waiting for payment', steps: 1 },
  paid: { label: 'Paid, being packed', steps: 2 },
  shipped: { label: 'On its way', steps: 3 },
  delivered: { label: 'Delivered', steps: 4 },
  cancelled: { label: 'Cancelled', steps: 0 },
};
const STEPS = [1, 2, 3, 4];

export function OrderCard({ order }: { readonly order: Order }) {
  const { id, status, total, currency, itemCount, placedAt } = order;
  const { label, steps } = PROGRESS[status];
  return (
    <li className={`card ${status}`}>
      <div className="card-row">
        <h3>{label}</h3>
        <span className="total">{moneyOf(total, currency)}</span>
      </div>
      <div className="steps" aria-hidden="true">
        {STEPS.map((step) => (
          <span key={step} className={step <= steps ? 'done' : ''} />
        ))}
      </div>
      <div className="card-row quiet">
        <span>
          Order {id.replace('o_', '')} · {itemsOf(itemCount)}
        </span>
        <time dateTime={placedAt}>{dayOf(placedAt)}</time>
      </div>
    </li>
  );
}

export function OrderSkeletons() {
  return (
    <div className="cards">
      {['a', 'b', 'c'].map((key) => (
        <div key={key} className="card">
          <div className="card-row">
            <span className="bone" style={{ width: '7rem' }} />
            <span className="bone" style={{ width: '4rem' }} />
          </div>
          <div className="steps" />
          <div className="card-row">
            <span className="bone" style={{ width: '8rem' }} />
            <span className="bone" style={{ width: '5rem' }} />
          </div>
        </div>
      ))}
    </div>
  );
}
