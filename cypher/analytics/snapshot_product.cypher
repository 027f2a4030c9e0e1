// Products, as columns of up to 10,000 rows for a snapshot.
// returns: id, brand, own, launched_on
MATCH (product:Product)
WITH collect([
  product.id,
  product.brand,
  toInteger(product.own),
  duration.inDays(date('1970-01-01'), product.launchedOn).days
]) AS rows
UNWIND range(0, size(rows) - 1, 10000) AS low
WITH rows[low..low + 10000] AS part
RETURN
  [row IN part | row[0]] AS id,
  [row IN part | row[1]] AS brand,
  [row IN part | row[2]] AS own,
  [row IN part | row[3]] AS launched_on
