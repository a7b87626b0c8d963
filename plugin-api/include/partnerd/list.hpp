// partnerd/list.hpp - a page of rows as JSON or CSV, with the query parameters of the core's own lists; needs Boost.JSON.
//
//   partnerd::List list(core, request, "cpn", {{"id"}, {"code"}, {"payout", partnerd::ListColumn::money}}, {"campaign"});
//   for (auto const& [id, code] : tx.query<...>("... where id > :after order by id limit :most", arg("after", list.after()),
//                                               arg("most", list.most())))
//       list.add({{"id", core.format_id(id, "cpn")}, {"code", code}});
//   list.answer(response);
//
// ?limit (25, at most 100), ?starting_after, and CSV by ?format=csv or Accept: text/csv (then up to 10'000 rows, and the header
// Next-Cursor when there are more). Any other parameter that is no filter, or one given twice: 400 invalid_query.
#pragma once

#include <partnerd/csv.hpp>
#include <partnerd/plugin.hpp>

#include <boost/json.hpp>

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace partnerd::inline v1 {

// A member of the rows and a column of the CSV; money is {"amount", "currency"} and has a second column <name>_currency.
struct ListColumn {
    enum Kind { plain, money };
    std::string_view name;
    Kind kind = plain;
};

class List {
  public:
    // The first column is the cursor: an id with this prefix. Refuses with 400: invalid_query, invalid_cursor.
    List(Core const& core, Request const& request, char const* prefix, std::vector<ListColumn> columns,
         std::vector<std::string_view> filters = {})
        : columns_(std::move(columns)) {
        csv_ = request.header("accept").value_or("").find("text/csv") != std::string_view::npos;
        refuse_unknown(request.target(), filters);
        if (auto const format = request.param("format")) {
            if (*format != "csv" && *format != "json") refuse(400, "invalid_query", "format must be json or csv", "format");
            csv_ = *format == "csv";
        }
        read_limit(request, csv_ ? csv_rows_max : 100);
        if (auto const text = request.param("starting_after")) {
            auto const id = core.parse_id(*text, prefix);
            if (!id) refuse(400, "invalid_cursor", "the cursor is not one this server gave", "starting_after");
            after_ = *id;
        }
    }

    Id after() const noexcept { return after_; }               // 0: from the beginning
    std::int64_t most() const noexcept { return limit_ + 1; }  // rows to ask for: one more tells that there are more
    void add(boost::json::object row) { rows_.emplace_back(std::move(row)); }
    void answer(Response& response) {
        bool const more = rows_.size() > static_cast<std::size_t>(limit_);
        if (more) rows_.pop_back();
        auto const cursor = more ? std::string(rows_.back().as_object().at(columns_.front().name).as_string()) : std::string();
        csv_ ? answer_csv(response, cursor) : answer_json(response, cursor);
    }

  private:
    static constexpr std::int64_t csv_rows_max = 10'000;

    // "%6Cimit" is limit.
    static std::string decoded(std::string_view name) {
        std::string out;
        for (std::size_t i = 0; i < name.size(); ++i) {
            unsigned char byte = 0;
            bool const escape = name[i] == '%' && i + 2 < name.size() &&
                                std::from_chars(name.data() + i + 1, name.data() + i + 3, byte, 16).ptr == name.data() + i + 3;
            out += escape ? static_cast<char>(byte) : name[i] == '+' ? ' ' : name[i];
            if (escape) i += 2;
        }
        return out;
    }
    static void refuse_unknown(std::string_view target, std::vector<std::string_view> const& filters) {
        std::vector<std::string> given;
        auto const question = target.find('?');
        auto query = question == std::string_view::npos ? std::string_view() : target.substr(question + 1);
        query = query.substr(0, query.find('#'));
        while (!query.empty()) {
            auto const end = query.find('&');
            auto const pair = query.substr(0, end);
            query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
            if (pair.empty()) continue;
            auto const name = decoded(pair.substr(0, pair.find('=')));
            bool const known = name == "limit" || name == "starting_after" || name == "format" ||
                               std::find(filters.begin(), filters.end(), name) != filters.end();
            if (!known) refuse(400, "invalid_query", "this list does not have this parameter", name);
            if (std::find(given.begin(), given.end(), name) != given.end())
                refuse(400, "invalid_query", "a parameter was given twice", name);
            given.push_back(name);
        }
    }
    void read_limit(Request const& request, std::int64_t most) {
        limit_ = csv_ ? most : 25;
        auto const text = request.param("limit");
        if (!text) return;
        auto const* const end = text->data() + text->size();
        auto const [read, ec] = std::from_chars(text->data(), end, limit_);
        if (ec != std::errc() || read != end || limit_ < 1 || limit_ > most)
            refuse(400, "invalid_query", "limit is a number from 1 to " + std::to_string(most), "limit");
    }
    void answer_json(Response& response, std::string const& cursor) {
        boost::json::object answer{{"has_more", !cursor.empty()}};
        if (!cursor.empty()) answer["next_cursor"] = cursor;
        answer["data"] = std::move(rows_);
        response.write(boost::json::serialize(answer));
    }
    void answer_csv(Response& response, std::string const& cursor) {
        Csv csv;
        for (auto const& column : columns_) {
            csv.text(column.name);
            if (column.kind == ListColumn::money) csv.text(std::string(column.name) + "_currency");
        }
        csv.end_row();
        for (auto const& row : rows_) {
            for (auto const& column : columns_) write_cell(csv, row.get_object().if_contains(column.name), column.kind);
            csv.end_row();
        }
        if (!cursor.empty()) response.set_header("next-cursor", cursor);
        response.set_header("content-type", "text/csv; charset=utf-8").write(csv.str());
    }
    static void write_cell(Csv& csv, boost::json::value const* cell, ListColumn::Kind kind) {
        bool const absent = cell == nullptr || cell->is_null();
        if (kind == ListColumn::money) {
            if (absent) return csv.empty(), csv.empty();
            csv.number(cell->at("amount").as_string());
            return csv.text(cell->at("currency").as_string());
        }
        if (absent) return csv.empty();
        if (cell->is_string()) return csv.text(cell->get_string());
        csv.number(boost::json::serialize(*cell));
    }

    std::vector<ListColumn> columns_;
    bool csv_ = false;
    std::int64_t limit_ = 25;
    Id after_ = 0;
    boost::json::array rows_;
};

}  // namespace partnerd::inline v1
