// PostgreSQL by way of SOCI and, under it, libpq.
#pragma once

#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
