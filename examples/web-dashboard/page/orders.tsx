import { MoreOrdersDocument, type DashboardQuery_dashboard_orders as Order } from '@facet/web-client';
import { useState } from 'react';
import { useQuery } from 'urql';
import { failedAt } from './failures.ts';
import { OrderCard, OrderSkeleton } from './order.tsx';
import { Failure } from './section.tsx';

export const PAGE_SIZE = 10;

export function Orders({ orders }: { readonly orders: readonly Order[] }) {
  if (orders.length === 0) return <p className="empty">There are no orders yet.</p>;
  return (
    <ol className="order-list">
      <Page orders={orders} />
    </ol>
  );
}

interface PageProps {
  readonly orders: readonly Order[];
  /** Whether the user requested this page, so that the focus moves to its start. */
  readonly isAsked?: boolean;
}

/** A page of orders, with a button for the next page. */
function Page({ orders, isAsked = false }: PageProps) {
  const last = orders.at(-1);
  return (
    <>
      {orders.map((order, index) => (
        <OrderCard key={order.id} order={order} takesFocus={isAsked && index === 0} />
      ))}
      {last && orders.length === PAGE_SIZE ? (
        <More key={last.id} after={last.id} />
      ) : (
        <li className="end">No more orders.</li>
      )}
    </>
  );
}

/** Requests only the orders, because profile and promotions are already loaded. */
function More({ after }: { readonly after: string }) {
  const [isAsked, setAsked] = useState(false);
  const [{ data, error, fetching, stale }, ask] = useQuery({
    query: MoreOrdersDocument,
    variables: { first: PAGE_SIZE, after },
    pause: !isAsked,
  });
  const isAsking = fetching || stale;
  const retry = () => ask({ requestPolicy: 'network-only' });
  if (!isAsked) {
    return (
      <li className="more">
        <button type="button" onClick={() => setAsked(true)}>
          Show more orders
        </button>
      </li>
    );
  }
  const orders = data?.dashboard.orders;
  if (orders) {
    return (
      <>
        {failedAt(error, 'dashboard', 'orders') && (
          <li>
            <Failure what="Product names and pictures are missing for now." isRetrying={isAsking} onRetry={retry} />
          </li>
        )}
        <Page orders={orders} isAsked />
      </>
    );
  }
  if (error) {
    return (
      <li>
        <Failure what="More orders cannot be shown right now." isRetrying={isAsking} onRetry={retry} />
      </li>
    );
  }
  return (
    <li>
      <p className="unseen" role="status">
        More orders loading
      </p>
      <OrderSkeleton />
    </li>
  );
}

export function OrderSkeletons() {
  return (
    <div className="order-list">
      {['a', 'b', 'c', 'd'].map((key) => (
        <OrderSkeleton key={key} />
      ))}
    </div>
  );
}
