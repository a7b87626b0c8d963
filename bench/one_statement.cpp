#include "one_statement.hpp"

namespace bench {

namespace {

// "?3" becomes "$<before + 3>".
std::string numbered(std::string const& sql, std::size_t before) {
    std::string out;
    for (std::size_t i = 0; i < sql.size(); ++i) {
        if (sql[i] != '?') {
            out += sql[i];
            continue;
        }
        std::size_t number = 0;
        for (; i + 1 < sql.size() && sql[i + 1] >= '0' && sql[i + 1] <= '9'; ++i)
            number = number * 10 + static_cast<std::size_t>(sql[i + 1] - '0');
        out.append(1, '$').append(std::to_string(before + number));
    }
    return out;
}

}  // namespace

std::string one_statement(Models const& models, Model const& model) {
    std::string sql = "with ";
    std::size_t values = 0;
    for (std::size_t i = 0; i < model.writes.size(); ++i) {
        auto const& write = model.writes[i];
        sql += (i > 0 ? ", w" : "w") + std::to_string(i) + " as (" + numbered(models.statements[write.statement], values) + ")";
        values += write.cells.size();
    }
    return sql + " select 1";
}

void one_statement_values(Model const& model, Copy const& copy, std::vector<std::string>& values) {
    std::size_t at = 0;
    std::string room;
    for (auto const& write : model.writes)
        for (auto const& cell : write.cells) {
            if (at == values.size()) values.emplace_back();
            if (Copy::is_number(cell)) values[at] = std::to_string(copy.number(cell));
            else values[at] = copy.text(cell, room);
            ++at;
        }
    values.resize(at);
}

}  // namespace bench
