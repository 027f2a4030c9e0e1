// Over whom could a product spread to an HCP who has not started it: which adopters are one or two steps away?
// for: brand teams
// returns: path
// :param [{npi, brand, limit}] => { RETURN '2999000005' AS npi, 'Velunara' AS brand, 25 AS limit }
MATCH (hcp:HCP {npi: $npi})
MATCH path = (hcp)-[:SHARES_PATIENTS]-{1,2}(adopter:HCP)
WHERE adopter <> hcp
  AND EXISTS {
    MATCH (adopter)-[prescribed:PRESCRIBED]->(:Product {brand: $brand})
    WHERE prescribed.nbrx > 0
  }
RETURN path AS path
ORDER BY length(path), reduce(patients = 0, shared IN relationships(path) | patients + shared.patients) DESC
LIMIT toInteger($limit);
