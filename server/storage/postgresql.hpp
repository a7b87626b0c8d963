// PostgreSQL by way of SOCI and, under it, libpq.
#pragma once

#include <soci/soci.h>
#include <soci/postgresql/soci-postgresql.h>
