"""A real Apache Kafka for the tests: jars, Java, a cluster of one or three nodes, fixtures."""
