-- Windows, periods and quotients. as_of() is made beforehand; a window of n days begins with days_from(n).
CREATE MACRO days_from(n) AS (as_of() - (n - 1))::TIMESTAMP;

-- Of a balance, on how many of `length` days it holds; the first lies `back` days back, 1 being as_of.
CREATE MACRO held(since, ends, back, length) AS
    greatest(least(ends, as_of() - (back - 1) + length) - greatest(since, as_of() - (back - 1)), 0);

CREATE MACRO share_of(part, whole) AS
    (round((part * 1000000)::DOUBLE / nullif(whole::DOUBLE, 0)) / 1000000)::DECIMAL(18,6);
CREATE MACRO mean_of(total, number) AS
    (round((total * 100)::DOUBLE / nullif(number, 0)) / 100)::DECIMAL(18,2);

-- Of six periods, the latest first: the least-squares change and the deviation, each over `days`.
CREATE MACRO slope_of(a, b, c, d, e, f, days) AS CASE WHEN coalesce(a, b, c, d, e, f) IS NOT NULL
    THEN mean_of(5 * (coalesce(a, 0) - coalesce(f, 0)) + 3 * (coalesce(b, 0) - coalesce(e, 0))
                 + coalesce(c, 0) - coalesce(d, 0), 35 * days) END;
CREATE MACRO spread(a, b, c, d, e, f) AS
    6 * (a * a + b * b + c * c + d * d + e * e + f * f) - (a + b + c + d + e + f) * (a + b + c + d + e + f);
CREATE MACRO spread_of(a, b, c, d, e, f, days) AS CASE WHEN coalesce(a, b, c, d, e, f) IS NOT NULL
    THEN (round(sqrt(spread(coalesce(a, 0)::DECIMAL(19,2), coalesce(b, 0)::DECIMAL(19,2),
        coalesce(c, 0)::DECIMAL(19,2), coalesce(d, 0)::DECIMAL(19,2), coalesce(e, 0)::DECIMAL(19,2),
        coalesce(f, 0)::DECIMAL(19,2))::DOUBLE) * 100 / (6 * days)) / 100)::DECIMAL(18,2) END;

CREATE MACRO level_of(yuan) AS CASE WHEN yuan < 50000 THEN 1 WHEN yuan < 200000 THEN 2
    WHEN yuan < 1000000 THEN 3 WHEN yuan < 6000000 THEN 4 WHEN yuan >= 6000000 THEN 5 END;
CREATE MACRO tier_of(yuan) AS CASE WHEN yuan < 50000 THEN 'basic' WHEN yuan < 200000 THEN 'gold'
    WHEN yuan < 1000000 THEN 'platinum' WHEN yuan < 6000000 THEN 'diamond'
    WHEN yuan >= 6000000 THEN 'private' END;

-- The next birthday, when it lies within 14 days; born on 29 February, 1 March where there is none.
CREATE MACRO birthday_in(born, y) AS coalesce(try(make_date(y, month(born), day(born))),
    CASE WHEN born IS NOT NULL THEN make_date(y, 3, 1) END);
CREATE MACRO birthday_of(born) AS CASE
    WHEN birthday_in(born, year(as_of())) BETWEEN as_of() AND as_of() + 14
        THEN birthday_in(born, year(as_of()))
    WHEN birthday_in(born, year(as_of()) + 1) BETWEEN as_of() AND as_of() + 14
        THEN birthday_in(born, year(as_of()) + 1) END;
