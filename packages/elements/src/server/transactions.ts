// `listTransactions` (contract 8.5 and 10.3): rows as the Pay API answers them, discriminated by `transactionType`.

export type TransactionType =
  | 'CreditCardSale'
  | 'CreditCardReversal'
  | 'CreditCardReturn'
  | 'CreditCardVoid'
  | 'AchSale'
  | 'AchReversal'
  | 'AchReturn'
  | 'AchVoid'
  | 'CryptoSale'
  | 'CryptoReturn'
  | 'CryptoWithdrawal';

export interface ListTransactionsInput {
  /** One transaction; the other filters do not count beside it. */
  readonly transactionId?: string | undefined;
  /** `YYYY-MM-DD HH:MM:SS`, UTC. */
  readonly dateFrom?: string | undefined;
  readonly dateTo?: string | undefined;
  readonly transactionType?: TransactionType | undefined;
  /** From 1, the default. */
  readonly page?: number | undefined;
  /** Default 50, at most 100. */
  readonly limit?: number | undefined;
  /** Comma-separated names. */
  readonly fields?: string | undefined;
  readonly sortBy?: string | undefined;
  readonly sortOrder?: 'asc' | 'desc' | undefined;
  readonly orderId?: string | undefined;
  readonly attemptId?: string | undefined;
}

interface CommonData {
  readonly transactionId: string;
  readonly status: 'approved' | 'pending' | 'returned';
  readonly amount: string;
  readonly currency: string;
  readonly ozuraMerchantId: string;
  readonly transDate: string;
  readonly createdAt: string;
  readonly processor: string;
  readonly originalTransactionId?: string;
  readonly orderId?: string;
  readonly customerId?: string;
  readonly cartId?: string;
  readonly planId?: string;
  readonly salesTaxAmount?: string;
  readonly surchargeAmount?: string;
  readonly tipAmount?: string;
  readonly clientIpAddress?: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly phone: string;
  readonly address1: string;
  readonly address2?: string;
  readonly city: string;
  readonly state: string;
  readonly zipcode: string;
  readonly country: string;
}

interface CardData extends CommonData {
  readonly transactionType: 'CreditCardSale' | 'CreditCardReversal' | 'CreditCardReturn' | 'CreditCardVoid';
  readonly cardLastFour: string;
  readonly cardBin?: string;
  readonly cardExpMonth: string;
  readonly cardExpYear: string;
  readonly cardBrand: string;
  readonly isCreditCard?: boolean;
  readonly authCode?: string;
  readonly avsResult?: string;
  readonly cvvResult?: string;
  readonly refundedAmount?: string;
}

interface AchData extends CommonData {
  readonly transactionType: 'AchSale' | 'AchReversal' | 'AchReturn' | 'AchVoid';
  readonly routingNumber: string;
  readonly accountLastFour: string;
  readonly accountType: string;
  readonly returnCode?: string;
}

/** Names that are reserved; no such row is made in version 1. */
interface CryptoData extends CommonData {
  readonly transactionType: 'CryptoSale' | 'CryptoReturn' | 'CryptoWithdrawal';
}

/** Narrow it by `transactionType`. */
export type TransactionData = CardData | AchData | CryptoData;

export interface Pagination {
  readonly currentPage: number;
  readonly totalPages: number;
  readonly totalCount: number;
  readonly limit: number;
  readonly hasNextPage: boolean;
  readonly hasPrevPage: boolean;
}

export interface ListTransactionsResult {
  readonly transactions: TransactionData[];
  readonly pagination: Pagination;
  /** When asked by `attemptId`: what became of that attempt. */
  readonly attempt?: {
    readonly attemptId: string;
    readonly state: 'processing' | 'review' | 'approved' | 'declined' | 'not_processed';
    readonly errorCode?: string;
    readonly transactionId?: string;
  };
}
