"""Tables of the customer as values: names in SQL, the shape the catalogue tells, a row as text."""
