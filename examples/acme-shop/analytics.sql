create table page_views (
    day   date not null,
    page  text not null,
    views bigint not null default 0,
    primary key (day, page)
);
insert into page_views (day, page, views) select date '2026-01-01' + n, '/', n from generate_series(1, 30) n;
