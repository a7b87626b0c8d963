// SQLite by way of SOCI, whose header puts sqlite3.h into the namespace sqlite_api: nothing here includes <sqlite3.h>.
#pragma once

#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

namespace partnerd::storage {
namespace sqlite = ::sqlite_api;
}
