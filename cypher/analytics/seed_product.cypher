// Which products go by this brand or id, own ones first?
// returns: id, brand, own
// :param [{product}] => { RETURN 'Velunara' AS product }
MATCH (product:Product)
WHERE toLower(product.brand) = toLower($product) OR product.productId = $product OR product.id = $product
RETURN product.id AS id, product.brand AS brand, coalesce(product.own, false) AS own
ORDER BY own DESC, id
LIMIT 2
