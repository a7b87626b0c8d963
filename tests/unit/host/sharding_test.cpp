// docs/scaling.md says which tables could be spread over several PostgreSQL servers by program, and which could not: here is why.
#include <boost/test/unit_test.hpp>

#include <fstream>
#include <set>
#include <sstream>

#include "unit/host/made_application.hpp"

namespace partnerd::host {

namespace {

std::set<std::string> names(storage::Storage& storage, std::string const& sql) {
    std::set<std::string> found;
    storage.read([&](storage::Tx& tx) {
        for (auto const& [name] : tx.query<std::string>(sql)) found.insert(name);
    });
    return found;
}

std::string const tables =
    "from pg_class t where t.relkind in ('r', 'p') and not t.relispartition and t.relnamespace = current_schema()::regnamespace";
std::string const has_program = "exists (select 1 from pg_attribute a where a.attrelid = t.oid and a.attname = 'program')";

// What a table of docs/scaling.md has in its first column, behind the heading.
std::set<std::string> documented(std::string const& heading) {
    std::ifstream in(PARTNERD_SOURCE_DIR "/docs/scaling.md");
    std::set<std::string> found;
    bool here = false;
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with('#')) here = line.find(heading) != std::string::npos;
        auto const end = line.find("` |");
        if (here && line.starts_with("| `") && end != std::string::npos) found.insert(line.substr(3, end - 3));
    }
    return found;
}

std::string list(std::set<std::string> const& words) {
    std::ostringstream out;
    for (auto const& word : words) out << word << ' ';
    return out.str();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sharding)

BOOST_AUTO_TEST_CASE(the_tables_and_keys_that_do_not_go_by_program_are_those_that_are_documented) {
    if (!testing::on_postgresql()) return;
    MadeApplication made;
    made.start();
    auto& storage = made.application->storage();
    BOOST_TEST(list(names(storage, "select t.relname::text " + tables + " and not " + has_program)) ==
               list(documented("Tables without a program")));
    // A unique key can be spread only when the program is in it.
    BOOST_TEST(
        list(names(
            storage,
            "select i.relname::text from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class t on t.oid = x.indrelid where x.indisunique "
            "and not t.relispartition and t.relnamespace = current_schema()::regnamespace and " +
                has_program +
                " and not exists (select 1 from pg_attribute a where a.attrelid = t.oid and a.attname = 'program' and a.attnum = any (x.indkey))")) ==
        list(documented("Unique keys without the program")));
}

BOOST_AUTO_TEST_CASE(every_row_that_a_click_or_most_of_those_that_a_sale_writes_have_the_program_in_their_key) {
    if (!testing::on_postgresql()) return;
    MadeApplication made;
    made.start();
    auto const keyed =
        names(made.application->storage(),
              "select t.relname::text from pg_index x join pg_class t on t.oid = x.indrelid where x.indisprimary and not t.relispartition "
              "and t.relnamespace = current_schema()::regnamespace and exists (select 1 from pg_attribute a where a.attrelid = t.oid "
              "and a.attname = 'program' and a.attnum = any (x.indkey))");
    for (auto const* const hot : {"click", "rollup_traffic", "conversion", "conversion_trace", "commission", "commission_change",
                                  "adjustment", "customer", "customer_person", "binding", "entry", "posting", "seal", "rollup_sales",
                                  "rollup_commission", "idempotency", "coupons_redemption", "coupons_order"})
        BOOST_TEST(keyed.contains(hot), hot);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::host
