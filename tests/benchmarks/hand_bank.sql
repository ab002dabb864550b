-- One month of random rows with the contract's columns; count, customers, month_start, seconds are variables.
-- name: txn
SELECT 'T' || strftime(month_start(), '%y%m') || lpad(row_number() OVER (ORDER BY n, s)::VARCHAR, 8, '0') AS txn_id,
    'C' || lpad(n::VARCHAR, 8, '0') AS customer_id, 'A' || lpad((n * 1000 + 1)::VARCHAR, 11, '0') AS holding_id,
    month_start() + to_seconds(s) AS occurred_at, if(r < 0.4, 'in', 'out') AS direction,
    (exp(5 + 3 * random())::DECIMAL(18,2)) AS amount,
    ['purchase', 'transfer', 'cash', 'fee', 'payroll', 'collection'][1 + (r * 6)::INTEGER % 6] AS kind,
    ['app', 'web', 'counter', 'atm', 'pos', 'wechat', 'auto'][1 + (r * 700)::INTEGER % 7] AS channel,
    ['merchant', 'person', 'company', 'own_other_bank', 'bank', NULL][1 + (r * 600)::INTEGER % 6] AS counterparty,
    ['groceries', 'dining', 'clothing', 'utilities', NULL][1 + (r * 500)::INTEGER % 5] AS category,
    month_start() + to_seconds(s + 60) AS recorded_at
FROM (SELECT 1 + (random() * customers())::BIGINT % customers() AS n, (random() * seconds())::BIGINT AS s,
          random() AS r
      FROM range(rows_wanted()))
ORDER BY n, s;
-- name: event
SELECT 'E' || strftime(month_start(), '%y%m') || lpad(row_number() OVER (ORDER BY n, s)::VARCHAR, 8, '0')
        AS event_id,
    'C' || lpad(n::VARCHAR, 8, '0') AS customer_id, month_start() + to_seconds(s) AS occurred_at,
    ['app', 'web', 'official_account', 'counter'][1 + (r * 4)::INTEGER % 4] AS channel,
    ['login', 'view', 'click', 'apply', 'submit', 'visit'][1 + (r * 60)::INTEGER % 6] AS action,
    ['wealth', 'loan', 'deposit', 'card', 'payment', 'home', NULL][1 + (r * 700)::INTEGER % 7] AS object,
    ['P01', 'P02', 'P03', NULL][1 + (r * 400)::INTEGER % 4] AS product_id
FROM (SELECT 1 + (random() * customers())::BIGINT % customers() AS n, (random() * seconds())::BIGINT AS s,
          random() AS r
      FROM range(rows_wanted()))
ORDER BY n, s;
-- name: balance
SELECT 'C' || lpad((i * customers() // rows_wanted() + 1)::VARCHAR, 8, '0') AS customer_id,
    'A' || lpad((i + 1)::VARCHAR, 11, '0') AS holding_id,
    ['deposit', 'wealth', 'loan'][1 + (random() * 3)::INTEGER % 3] AS line,
    (month_start() + INTERVAL 1 MONTH)::DATE - 1 AS balance_on, (exp(5 + 6 * random())::DECIMAL(18,2)) AS amount
FROM range(rows_wanted()) AS numbers(i)
ORDER BY i;
