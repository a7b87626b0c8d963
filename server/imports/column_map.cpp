#include "imports/column_map.hpp"

#include <algorithm>
#include <optional>

#include "domain/text.hpp"

namespace partnerd::imports {

namespace {

std::string folded(std::string_view column) { return lower_ascii(trim(column)); }

template <class Names>
std::string listed(Names const& names) {
    std::string out;
    for (auto const& name : names) out += (out.empty() ? "" : ", ") + std::string(name);
    return out;
}

Error missing(std::string what, std::string_view field, std::vector<std::string> const& columns) {
    auto detail = std::move(what) + "; the file has: " + listed(columns) + ". Say where it is with --column " + std::string(field) +
                  "=<column>, or give every record the same with --column " + std::string(field) + ":=<text>";
    return Error(errc::missing_column, std::move(detail), std::string(field));
}

// The place of a column; nothing when it is not there, an error when it is there twice.
Result<std::optional<std::size_t>> place_of(std::string_view wanted, std::vector<std::string> const& columns) {
    std::optional<std::size_t> place;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (folded(columns[i]) != folded(wanted)) continue;
        if (place) return Error(errc::invalid_field, "the file has the column '" + columns[i] + "' twice", std::string(wanted));
        place = i;
    }
    return place;
}

struct Option {
    std::string field, text;
    bool constant = false;
};

Result<Option> parse_option(std::string_view option, Kind kind) {
    auto const equals = option.find('=');
    if (equals == std::string_view::npos || equals == 0)
        return Error(errc::invalid_field, "'" + std::string(option) + "' is not a column mapping such as \"amount=total\"", "column");
    Option out{std::string(option.substr(0, equals)), std::string(option.substr(equals + 1)), option[equals - 1] == ':'};
    if (out.constant) out.field.pop_back();
    auto const fields = fields_of(kind);
    if (std::any_of(fields.begin(), fields.end(), [&](Field const& field) { return field.name == out.field; })) return out;
    std::string known;
    for (auto const& field : fields) known += (known.empty() ? "" : ", ") + std::string(field.name);
    return Error(errc::invalid_field, std::string(kind_name(kind)) + " have no field '" + out.field + "'; known are: " + known, "column");
}

}  // namespace

Result<ColumnMap> ColumnMap::make(Kind kind, std::vector<std::string> const& columns, std::vector<std::string> const& options) {
    ColumnMap map;
    for (auto const& field : fields_of(kind)) map.entries_.push_back({&field, no_column, {}});
    std::vector<std::string> told;
    for (auto const& text : options) {
        auto option = parse_option(text, kind);
        if (!option) return option.error();
        if (std::find(told.begin(), told.end(), option->field) != told.end())
            return Error(errc::invalid_field, "the field '" + option->field + "' is mapped twice", "column");
        told.push_back(option->field);
        auto& entry =
            *std::find_if(map.entries_.begin(), map.entries_.end(), [&](Entry const& e) { return e.field->name == option->field; });
        if (option->constant) {
            entry.constant = trim(option->text);
            continue;
        }
        auto place = place_of(option->text, columns);
        if (!place) return place.error();
        if (!*place) return missing("there is no column '" + option->text + "'", option->field, columns);
        entry.column = **place;
    }
    for (auto& entry : map.entries_) {
        if (std::find(told.begin(), told.end(), entry.field->name) != told.end()) continue;
        for (std::size_t i = 0; i < entry.field->columns.size() && entry.column == no_column; ++i) {
            auto place = place_of(entry.field->columns[i], columns);
            if (!place) return place.error();
            entry.column = place->value_or(no_column);
        }
        if (entry.column == no_column && entry.field->required)
            return missing(std::string(kind_name(kind)) + " need a column '" + std::string(entry.field->columns.front()) + "'",
                           entry.field->name, columns);
    }
    return map;
}

std::string_view ColumnMap::get(CsvRecord const& record, std::string_view field) const {
    auto const found = std::find_if(entries_.begin(), entries_.end(), [&](Entry const& entry) { return entry.field->name == field; });
    if (found == entries_.end()) return {};
    if (found->column == no_column) return found->constant;
    return trim(record.cells[found->column]);
}

Status ColumnMap::check_filled(CsvRecord const& record) const {
    for (auto const& entry : entries_)
        if (entry.field->required && get(record, entry.field->name).empty())
            return Error(entry.field->when_empty, "'" + std::string(entry.field->name) + "' is empty", std::string(entry.field->name));
    return {};
}

}  // namespace partnerd::imports
