// Names of the constraints and indexes that exist.
// returns: name
SHOW INDEXES YIELD name
RETURN name;
