insert into sales.orders (id, customer, total_cents) select n, 'customer ' || n, 1000 + n from generate_series(1, 200) n;
insert into "LineItems" ("orderId", "lineNo", article)
select o, l, 'article ' || l from generate_series(1, 200) o, generate_series(1, 2) l;
