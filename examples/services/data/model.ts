/** The rows of the reference services, as their OpenAPI documents describe them. */

export interface Address {
  street: string;
  city: string;
  postcode: string;
  country: string;
}

/** A user as it is stored. The picture URL is added to responses. */
export interface StoredUser {
  id: string;
  firstName: string;
  lastName: string;
  email: string;
  phone: string;
  createdAt: string;
  address: Address;
}

export interface OrderItem {
  productId: string;
  quantity: number;
  unitPriceCents: number;
  currency: string;
}

export interface Order {
  id: string;
  userId: string;
  partnerId?: string;
  status: 'pending' | 'paid' | 'shipped' | 'delivered' | 'cancelled';
  totalCents: number;
  currency: string;
  placedAt: string;
  trackingNumber?: string;
  itemCount: number;
  shippingAddress: Address;
  items: OrderItem[];
}

/** A product as it is stored. The picture URL is added to responses. */
export interface StoredProduct {
  id: string;
  name: string;
  description: string;
  priceCents: number;
  currency: string;
  category: string;
  stock: number;
  createdAt: string;
}

export interface StoredPromo {
  id: string;
  title: string;
  body: string;
  productId?: string;
  endsAt: string;
}
