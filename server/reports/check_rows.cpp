// Rows against each other: claims, references, kept answers, and the file itself.
#include <tuple>

#include "domain/calendar.hpp"
#include "reports/checks.hpp"

namespace partnerd::reports {

using storage::arg;
using storage::Tx;

namespace {

// Every row that the statement gives is a fault: its first column is an id, its second says what is wrong.
void fail_each(Tx& tx, Window const& window, Check& part, std::string_view prefix, std::string const& sql) {
    for (auto const& [id, what] : tx.query<std::int64_t, std::string>(sql + " limit 100", {arg("after", window.after), arg("last", window.last)})) part.fail(format_id(prefix, id) + ": " + what);
}

}  // namespace

void check_order_claims(Books const& books, Check& check) {
    check_windows(books, check, {"conversion"}, [](Tx& tx, Window const& window, Check& part) {
        fail_each(tx, window, part, "cnv",
                  "select c.id, 'its order is not claimed by it: ' || c.order_id from conversion c where c.id > :after and c.id <= :last and c.test = 0 and c.kind = 'sale' and c.order_id <> '' "
                  "and not exists (select 1 from order_claim o where o.scope = 'program:' || cast(c.program as text) and o.order_id = c.order_id and o.conversion = c.id)");
    });
    // A claim without its sale would refuse the order for ever.
    std::string scope, order_id;
    for (bool more = true; more;) {
        std::vector<std::pair<std::string, std::string>> seen;
        Check part;
        books.storage.read([&](Tx& tx) {
            seen.clear();
            part = {};
            for (auto const& [row_scope, row_order, conversion, claimed] : tx.query<std::string, std::string, std::int64_t, std::optional<std::string>>(
                     "select o.scope, o.order_id, o.conversion, c.order_id from order_claim o left join conversion c on c.id = o.conversion "
                     "where o.scope > :scope or (o.scope = :scope and o.order_id > :order) order by o.scope, o.order_id limit :most",
                     {arg("scope", scope), arg("order", order_id), arg("most", books.options.slice_rows)})) {
                seen.emplace_back(row_scope, row_order);
                if (!claimed || *claimed != row_order) part.fail("the claim of " + row_order + " in " + row_scope + " belongs to " + format_id("cnv", conversion) + ", which is not that order");
            }
        });
        for (auto& example : part.examples) check.fail(std::move(example));
        check.checked += static_cast<std::int64_t>(seen.size());
        more = !seen.empty();
        if (more) std::tie(scope, order_id) = seen.back();
    }
}

namespace {

// By its primary key: no column of a binding alone is indexed.
void check_bindings(Books const& books, Check& check) {
    std::tuple<std::int64_t, std::string, std::int64_t> behind;
    for (bool more = true; more;) {
        auto last = behind;
        std::int64_t rows = 0;
        Check part;
        books.storage.read([&](Tx& tx) {
            rows = 0;
            part = {};
            auto const& [program, customer, from_us] = behind;
            for (auto const& [row_program, row_customer, row_from_us, owned, caused] : tx.query<std::int64_t, std::string, std::int64_t, std::int64_t, std::int64_t>(
                     "select b.program, b.customer, b.from_us, (select count(*) from enrollment e where e.program = b.program and e.id = b.enrollment), "
                     "(select count(*) from conversion c where c.program = b.program and c.id = b.conversion) from binding b "
                     "where (b.program, b.customer, b.from_us) > (:program, :customer, :from) "
                     "order by b.program, b.customer, b.from_us limit :most",
                     {arg("program", program), arg("customer", customer), arg("from", from_us), arg("most", books.options.slice_rows)})) {
                last = {row_program, row_customer, row_from_us};
                ++rows;
                if (owned == 0) part.fail("a binding of " + books.name_of(row_program) + " from " + format_instant(row_from_us) + ": its enrollment is not of its program");
                if (caused == 0) part.fail("a binding of " + books.name_of(row_program) + " from " + format_instant(row_from_us) + ": its conversion is not in its program");
            }
        });
        check.wrong += part.wrong;
        for (auto& example : part.examples)
            if (check.examples.size() < Check::examples_max) check.examples.push_back(std::move(example));
        check.checked += rows;
        books.progress(check);
        behind = last;
        more = rows > 0;
    }
}

}  // namespace

void check_references(Books const& books, Check& check) {
    check_bindings(books, check);
    check_windows(books, check, {"link"}, [](Tx& tx, Window const& window, Check& part) {
        fail_each(tx, window, part, "lnk",
                  "select l.id, 'its enrollment is not of its partner and program' from link l where l.id > :after and l.id <= :last "
                  "and not exists (select 1 from enrollment e where e.program = l.program and e.id = l.enrollment and e.partner = l.partner)");
    });
    check_windows(books, check, {"conversion"}, [](Tx& tx, Window const& window, Check& part) {
        fail_each(tx, window, part, "cnv",
                  "select c.id, 'it has no trace' from conversion c where c.id > :after and c.id <= :last "
                  "and not exists (select 1 from conversion_trace t where t.program = c.program and t.conversion = c.id)");
        fail_each(tx, window, part, "cnv",
                  "select c.id, 'its enrollment is not of its partner and program' from conversion c where c.id > :after and c.id <= :last and c.enrollment <> 0 "
                  "and not exists (select 1 from enrollment e where e.program = c.program and e.id = c.enrollment and e.partner = c.partner)");
    });
    check_windows(books, check, {"commission"}, [](Tx& tx, Window const& window, Check& part) {
        fail_each(tx, window, part, "com",
                  "select m.id, 'its conversion is not in its program' from commission m where m.id > :after and m.id <= :last "
                  "and not exists (select 1 from conversion c where c.program = m.program and c.id = m.conversion)");
        fail_each(tx, window, part, "com",
                  "select m.id, 'its enrollment is not of its partner and program' from commission m where m.id > :after and m.id <= :last "
                  "and not exists (select 1 from enrollment e where e.program = m.program and e.id = m.enrollment and e.partner = m.partner)");
    });
    check_windows(books, check, {"commission_change"}, [](Tx& tx, Window const& window, Check& part) {
        fail_each(tx, window, part, "chg",
                  "select g.id, 'its commission or its adjustment is not there' from commission_change g where g.id > :after and g.id <= :last and "
                  "(not exists (select 1 from commission m where m.id = g.commission and m.program = g.program and m.conversion = g.conversion) or "
                  "(g.adjustment <> 0 and not exists (select 1 from adjustment a where a.id = g.adjustment and a.conversion = g.conversion)))");
    });
    check_windows(books, check, {"adjustment"}, [](Tx& tx, Window const& window, Check& part) {
        fail_each(tx, window, part, "adj",
                  "select a.id, 'its conversion is not in its program' from adjustment a where a.id > :after and a.id <= :last "
                  "and not exists (select 1 from conversion c where c.program = a.program and c.id = a.conversion)");
    });
}

void check_idempotency(Books const& books, Check& check) {
    check_windows(books, check, {"idempotency", "at_us"}, [](Tx& tx, Window const& window, Check& part) {
        for (auto const& [principal, key, status] : tx.query<std::string, std::string, std::int64_t>(
                 "select principal, key, status from idempotency where at_us > :after and at_us <= :last and "
                 "(status < 200 or status > 599 or length(body_hash) <> 64 or length(key) < 1 or length(key) > 255 or principal = '' or method = '' or path = '') limit 100",
                 {arg("after", window.after), arg("last", window.last)}))
            part.fail("the answer " + std::to_string(status) + " kept for " + principal + " is not well-formed (key of " + std::to_string(key.size()) + " characters)");
    });
}

void check_integrity(Books const& books, Check& check) {
    if (books.storage.dialect() != storage::Dialect::sqlite) {
        check.note = "PostgreSQL checks its files itself (data checksums, amcheck)";
        return;
    }
    std::vector<std::string> tables;
    books.storage.read([&](Tx& tx) {
        tables.clear();
        for (auto const& [name] : tx.query<std::string>("select name from sqlite_schema where type = 'table' and name not like 'sqlite_%' order by name")) tables.push_back(name);
    });
    for (auto const& table : tables) {
        std::vector<std::string> found;
        try {
            books.storage.read([&](Tx& tx) {
                found.clear();
                for (auto const& [line] : tx.query<std::string>("select integrity_check from pragma_integrity_check(:name)", {arg("name", table)})) found.push_back(line);
            });
        } catch (storage::Failure const& failure) {
            if (failure.category != storage::Failure::Category::timeout) throw;
            check.note += (check.note.empty() ? "too large for a slice beside a running server: " : ", ") + table;
            continue;
        }
        ++check.checked;
        for (auto const& line : found)
            if (line != "ok") check.fail(table + ": " + line);
        books.progress(check);
    }
}

}  // namespace partnerd::reports
