"""A wing for the tests: 巡察 of tables in the toy's own table. It changes no file of the register."""
