import type {
  DashboardQuery_dashboard_orders_items as Item,
  DashboardQuery_dashboard_orders as Order,
  OrderStatus,
} from '@facet/web-client';
import { useEffect, useRef } from 'react';
import { dayOf } from './dates.ts';
import { Picture } from './picture.tsx';

const STATUS: Readonly<Record<OrderStatus, string>> = {
  pending: 'Pending',
  paid: 'Paid',
  shipped: 'Shipped',
  delivered: 'Delivered',
  cancelled: 'Cancelled',
};

interface Props {
  readonly order: Order;
  readonly takesFocus: boolean;
}

export function OrderCard({ order: { id, status, total, placedAt, items }, takesFocus }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (takesFocus) heading.current?.focus({ preventScroll: true });
  }, [takesFocus]);
  return (
    <li className="card order">
      <div className="order-head">
        <h3 ref={heading} tabIndex={-1}>
          Order {id.replace('o_', '')}
        </h3>
        <time className="quiet" dateTime={placedAt}>
          {dayOf(placedAt)}
        </time>
        <span className={`status ${status}`}>{STATUS[status]}</span>
        <span className="total">{total.formatted}</span>
      </div>
      <ul className="items">
        {items.map((item, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: items have no id, and their order does not change
          <OrderItem key={index} item={item} />
        ))}
      </ul>
    </li>
  );
}

function OrderItem({ item: { product, quantity, unitPrice } }: { readonly item: Item }) {
  return (
    <li className="item">
      <Picture className="thumbnail" url={product?.imageUrl} />
      {product ? <span className="item-name">{product.name}</span> : <span className="item-name quiet">A product</span>}
      <span className="item-price">
        <span className="quantity">{quantity} ×</span> {unitPrice.formatted}
      </span>
    </li>
  );
}

export function OrderSkeleton() {
  return (
    <div className="card order">
      <div className="order-head">
        <span className="bone" style={{ width: '5rem' }} />
        <span className="bone" style={{ width: '8rem' }} />
        <span className="bone status-bone" />
        <span className="bone total" style={{ width: '4rem' }} />
      </div>
      <div className="items">
        <div className="item">
          <span className="thumbnail bone" />
          <span className="bone" style={{ width: '12rem' }} />
        </div>
      </div>
    </div>
  );
}
