#include "model.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <stdexcept>

namespace bench {

namespace {

// Entries have no index by conversion. Their ids follow the conversion's within the unit, far less than 5 s (ids count 4194304 a millisecond).
#define OF_ENTRY "id between ?1 and ?1 + 5000 * 4194304 and conversion = ?1"

// The tables that a conversion inserts into, and which rows are its own. bench/run compares the counts with what the server really wrote.
struct Table {
    char const* name;
    char const* rows;
};
constexpr Table tables[] = {
    {"conversion", "id = ?1"},
    {"conversion_trace", "conversion = ?1"},
    {"order_claim", "(scope, order_id) in (select 'program:' || program, order_id from conversion where id = ?1)"},
    {"commission", "conversion = ?1"},
    {"entry", OF_ENTRY},
    {"posting", "(program, entry) in (select program, id from entry where " OF_ENTRY ")"},
    {"customer", "(program, customer) in (select program, customer from conversion where id = ?1)"},
    {"customer_person", "(program, customer) in (select program, customer from conversion where id = ?1)"},
    {"binding", "(program, customer) in (select program, customer from conversion where id = ?1) and conversion = ?1"},
    {"outbox", "ordering_key = ?1"},
};

// What a conversion adds to, merged by row: one statement on PostgreSQL may change a row once only.
constexpr char sales_select[] =
    "select program, partner, at_us / 86400000000, link, '', kind, 1, base_minor from conversion where id = ?1";
constexpr char sales_write[] =
    "insert into rollup_sales (program, partner, day, link, sub1, kind, conversions, revenue_minor) "
    "values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) on conflict (program, partner, day, link, sub1, kind) "
    "do update set conversions = rollup_sales.conversions + excluded.conversions, "
    "revenue_minor = rollup_sales.revenue_minor + excluded.revenue_minor";
constexpr char commission_select[] =
    "select m.program, m.partner, c.at_us / 86400000000, c.link, '', c.kind, c.at_us / 86400000000, "
    "m.payable_at_us / 86400000000, sum(m.gross_minor) "
    "from commission m join conversion c on c.id = m.conversion where m.conversion = ?1 group by 1, 2, 8";
constexpr char commission_write[] =
    "insert into rollup_commission (program, partner, day, link, sub1, kind, event_day, payable_day, gross_minor, "
    "reversed_minor, paid_minor) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 0, 0) "
    "on conflict (program, partner, day, link, sub1, kind, event_day, payable_day) "
    "do update set gross_minor = rollup_commission.gross_minor + excluded.gross_minor";
constexpr char account_select[] =
    "select sum(p.amount_minor), a.program, a.id from entry e join posting p on p.program = e.program and p.entry = e.id "
    "join account a on a.program = p.program and a.id = p.account where e.id between ?1 and ?1 + 5000 * 4194304 and e.conversion = ?1 and a.kept = 1 group by a.program, a.id";
constexpr char account_write[] =
    "update account set balance_minor = balance_minor + cast(?1 as bigint) where program = ?2 and id = ?3 "
    "and balance_minor between -9000000000000000000 and 9000000000000000000";
struct Update {
    char const* select;
    char const* write;
};
constexpr Update updates[] = {{sales_select, sales_write}, {commission_select, commission_write}, {account_select, account_write}};

constexpr std::size_t unique_size = 12;

// Twelve characters that no other number has; scattered: neighbours are far apart, as hashes are.
std::array<char, unique_size> unique_text(std::uint64_t number, bool scattered) {
    if (scattered) number *= 0x9e3779b97f4a7c15ULL;
    std::array<char, unique_size> text;
    for (auto at = unique_size; at-- > 0; number >>= 5) text[at] = "0123456789abcdefghjkmnpqrstvwxyz"[number & 31];
    if (scattered) std::reverse(text.begin(), text.end());
    return text;
}

class Reader {
  public:
    Reader(SqliteFile& file, Models& models) : models_(models) {
        for (auto const& table : tables)
            rows_.push_back(file.prepare("select * from " + std::string(table.name) + " where " + table.rows + " order by 1, 2"));
        for (auto const& update : updates) updates_.push_back(file.prepare(update.select));
    }

    Model read(std::int64_t conversion) {
        Model model;
        collect_ids(conversion, model);
        for (std::size_t i = 0; i < rows_.size(); ++i) {
            auto& select = rows_[i];
            select.bind(1, conversion);
            while (select.step()) model.writes.push_back({statement(insert_text(tables[i].name, select)), cells_of(select, model)});
            select.reset();
        }
        for (std::size_t i = 0; i < updates_.size(); ++i) {
            auto& select = updates_[i];
            select.bind(1, conversion);
            while (select.step()) model.writes.push_back({statement(updates[i].write), plain_cells(select)});
            select.reset();
        }
        return model;
    }

    std::map<std::string, std::size_t> count(Model const& model) const {
        std::map<std::string, std::size_t> counts;
        for (auto const& write : model.writes) {
            auto const& sql = models_.statements[write.statement];
            auto const begin = sql.starts_with("update ") ? 7 : sql.find("into ") + 5;
            ++counts[sql.substr(begin, sql.find(' ', begin) - begin)];
        }
        return counts;
    }

  private:
    static std::string insert_text(std::string const& table, SqliteStatement const& select) {
        std::string names, values;
        for (int i = 0; i < select.columns(); ++i) {
            names += (i > 0 ? ", " : "") + select.column_name(i);
            values += (i > 0 ? ", ?" : "?") + std::to_string(i + 1);
        }
        return "insert into " + table + " (" + names + ") values (" + values + ")";
    }

    std::size_t statement(std::string const& sql) {
        auto const found = std::find(models_.statements.begin(), models_.statements.end(), sql);
        if (found != models_.statements.end()) return static_cast<std::size_t>(found - models_.statements.begin());
        models_.statements.push_back(sql);
        return models_.statements.size() - 1;
    }

    void collect_ids(std::int64_t conversion, Model& model) {
        for (auto& select : rows_) {
            select.bind(1, conversion);
            while (select.step())
                for (int i = 0; i < select.columns(); ++i)
                    if (select.column_name(i) == "id") model.ids.push_back(select.number(i));
            select.reset();
        }
    }

    static std::vector<Cell> plain_cells(SqliteStatement const& select) {
        std::vector<Cell> cells;
        for (int i = 0; i < select.columns(); ++i) cells.push_back({Cell::Kind::as_it_was, select.value(i), 0});
        return cells;
    }

    static std::vector<Cell> cells_of(SqliteStatement const& select, Model const& model) {
        auto cells = plain_cells(select);
        for (int i = 0; i < select.columns(); ++i) {
            auto& cell = cells[static_cast<std::size_t>(i)];
            auto const name = select.column_name(i);
            if (auto const* const number = std::get_if<std::int64_t>(&cell.value)) {
                auto const found = std::find(model.ids.begin(), model.ids.end(), *number);
                if (found == model.ids.end()) continue;
                cell.kind = Cell::Kind::fresh_id;
                cell.id = static_cast<std::size_t>(found - model.ids.begin());
                continue;
            }
            if (name == "external_id" || name == "order_id") cell.kind = Cell::Kind::unique_tail;
            if (name == "customer" || name == "reference") cell.kind = Cell::Kind::unique_head;
            if (name == "entry_key") make_key(cell, model);
        }
        return cells;
    }

    // "accrue:<id of the commission>"
    static void make_key(Cell& cell, Model const& model) {
        auto& text = std::get<std::string>(cell.value);
        for (std::size_t i = 0; i < model.ids.size(); ++i) {
            auto const at = text.find(std::to_string(model.ids[i]));
            if (at == std::string::npos) continue;
            text.resize(at);
            cell.kind = Cell::Kind::key_with_id;
            cell.id = i;
            return;
        }
        throw std::runtime_error("the key of an entry names no id of its conversion: " + text);
    }

    Models& models_;
    std::vector<SqliteStatement> rows_, updates_;
};

bool writes_alike(Model const& a, Model const& b) {
    return std::equal(a.writes.begin(), a.writes.end(), b.writes.begin(), b.writes.end(),
                      [](Write const& x, Write const& y) { return x.statement == y.statement; });
}

}  // namespace

Models read_models(SqliteFile& file, std::size_t most) {
    Models models;
    Reader reader(file, models);
    auto newest = file.prepare("select id from conversion where state = 'recorded' and kind = 'sale' order by id desc limit ?1");
    newest.bind(1, static_cast<std::int64_t>(most));
    while (newest.step()) {
        auto model = reader.read(newest.number(0));
        if (models.models.empty() || writes_alike(models.models.front(), model)) models.models.push_back(std::move(model));
    }
    if (models.models.empty()) throw std::runtime_error("there is no conversion to take as a model");
    models.rows = reader.count(models.models.front());
    return models;
}

void Copy::begin(Model const& model) {
    model_ = &model;
    first_ = number_;
    number_ += model.ids.size();
}

std::int64_t Copy::number(Cell const& cell) const {
    return cell.kind == Cell::Kind::fresh_id ? static_cast<std::int64_t>(first_ + cell.id) : std::get<std::int64_t>(cell.value);
}

std::string_view Copy::text(Cell const& cell, std::string& text) const {
    auto const& was = std::get<std::string>(cell.value);
    if (cell.kind == Cell::Kind::as_it_was || was.empty()) return was;
    text = was;
    if (cell.kind == Cell::Kind::key_with_id) return text += std::to_string(first_ + cell.id);
    bool const head = cell.kind == Cell::Kind::unique_head;
    auto const unique = unique_text(first_, head);
    if (text.size() < unique_size) text.resize(unique_size);
    std::copy(unique.begin(), unique.end(), head ? text.begin() : text.end() - unique_size);
    return text;
}

std::uint64_t first_number() {
    using namespace std::chrono;
    constexpr std::uint64_t ids_begin_ms = 1'735'689'600'000;
    return (static_cast<std::uint64_t>(duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count()) - ids_begin_ms) << 22;
}

}  // namespace bench
