"""The customer mart: a bank's tables mapped onto the contract, checked, published, read as of a day."""
