// The ids of all products.
// returns: id
MATCH (product:Product)
RETURN product.id AS id
