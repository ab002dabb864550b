"""What the bank offers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from synthetic_data.draws import coded, day_column, decimal_column


class Product(NamedTuple):
    """One product; `rate` in millionths a year, `term` in days, 0 for none."""

    product_id: str
    name: str
    name_zh: str
    line: str
    risk: int
    term: int
    rate: int
    kind: str


PRODUCTS = (
    Product("D-DEMAND", "Demand account", "活期账户", "deposit", 1, 0, 500, "demand"),
    Product("D-3M", "Three-month deposit", "三个月定期", "deposit", 1, 91, 9_500, "term"),
    Product("D-6M", "Six-month deposit", "六个月定期", "deposit", 1, 182, 11_500, "term"),
    Product("D-1Y", "One-year deposit", "一年定期", "deposit", 1, 365, 13_500, "term"),
    Product("D-3Y", "Three-year deposit", "三年定期", "deposit", 1, 1095, 17_500, "term"),
    Product("W-CASH", "Daily cash", "天天宝", "wealth", 1, 0, 15_000, "wealth"),
    Product("W-30D", "Harvest 30 days", "丰收30天", "wealth", 2, 30, 21_000, "wealth"),
    Product("W-90D", "Harvest 90 days", "丰收90天", "wealth", 2, 91, 24_000, "wealth"),
    Product("W-180D", "Steady half-year", "稳健半年", "wealth", 2, 182, 26_500, "wealth"),
    Product("W-1Y", "Balanced year", "平衡一年", "wealth", 3, 365, 31_000, "wealth"),
    Product("W-GROWTH", "Growth plan", "进取计划", "wealth", 4, 365, 38_000, "wealth"),
    Product("W-EQUITY", "Equity fund plan", "权益基金计划", "wealth", 5, 0, 50_000, "fund"),
    Product("L-FARM", "Farmer credit line", "农户小额信用贷", "loan", 0, 1095, 48_000, "farm_loan"),
    Product("L-BIZ", "Small business line", "小微经营贷", "loan", 0, 1095, 52_000, "business_loan"),
    Product("L-CONSUMER", "Consumer loan", "消费贷", "loan", 0, 730, 62_000, "consumer_loan"),
    Product("L-HOME", "Home loan", "住房按揭", "loan", 0, 7300, 36_000, "mortgage"),
    Product("C-CREDIT", "Credit card", "信用卡", "card", 0, 0, 180_000, "credit_card"),
    Product("P-QR", "Merchant QR code", "商户收款码", "payment", 0, 0, 0, "payment"),
    Product("E-APP", "Mobile banking", "手机银行", "e_banking", 0, 0, 0, "e_banking"),
    Product("W-BOND", "Bond fund", "债券基金", "wealth", 2, 0, 28_000, "fund"),
    Product("C-SOCIAL", "Social-security card", "社会保障卡", "card", 0, 0, 0, "social_security_card"),
)
PLACE = {product.product_id: place for place, product in enumerate(PRODUCTS)}
IDS = tuple(product.product_id for product in PRODUCTS)
LINE_OF = tuple(product.line for product in PRODUCTS)
KIND_OF = tuple(product.kind for product in PRODUCTS)
TERMS = np.array([product.term for product in PRODUCTS], np.int32)
RATES = np.array([product.rate for product in PRODUCTS], np.int64)
RISKS = np.array([product.risk for product in PRODUCTS], np.int8)
CREDIT = np.array([product.line == "loan" or product.kind == "credit_card" for product in PRODUCTS])
REVOLVING = np.array([product.product_id in ("L-FARM", "L-BIZ") for product in PRODUCTS])
MONEYLESS = np.array(
    [product.kind in ("payment", "e_banking", "social_security_card") for product in PRODUCTS]
)
OFFERED_FROM = 14_610  # 2010-01-01


def product_columns() -> dict[str, pa.Array]:
    """The subject `product`."""
    count = len(PRODUCTS)
    each = np.arange(count)
    return {
        "product_id": coded(IDS, each),
        "name": pa.array([product.name for product in PRODUCTS]),
        "name_zh": pa.array([product.name_zh for product in PRODUCTS]),
        "line": coded(LINE_OF, each),
        "kind": coded(KIND_OF, each),
        "risk_level": pa.array(RISKS.astype(np.int64), mask=RISKS == 0),
        "term_days": pa.array(TERMS.astype(np.int64), mask=TERMS == 0),
        "rate": decimal_column(RATES, 6, RATES == 0),
        "offered_from": day_column(np.full(count, OFFERED_FROM)),
    }
