// The facts of one conversion by name. Its canonical JSON text is the snapshot that is stored with the commission.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rules/fact.hpp"

namespace partnerd::rules {

struct FactRows {
    bool list = false;  // a scalar has exactly one value
    std::vector<FactValue> values;
    friend bool operator==(FactRows const&, FactRows const&) = default;
};

class FactSet {
  public:
    // A scalar; replaces. Throws Refused: invalid_utf8, or invalid_field for a time outside 1970 to 9999; set_list too.
    void set(std::string name, FactValue value);
    void set_list(std::string name, std::vector<FactValue> values);
    void erase(std::string_view name);

    FactRows const* find(std::string_view name) const noexcept;     // nullptr: absent; lives until the next change
    FactValue const* scalar(std::string_view name) const noexcept;  // nullptr: absent or a list
    bool empty() const noexcept { return rows_.empty(); }
    std::map<std::string, FactRows, std::less<>> const& all() const noexcept { return rows_; }

    // Only what is declared: what a rule sees, and what the snapshot keeps.
    FactSet restricted_to(std::span<FactDeclaration const> declared) const;

    // One line, keys by code point. A scalar is a value, a list an array. Text is a string, money {"amount","currency"} with all
    // decimals (their number is the exponent), a time {"time":"2010-12-01T08:26:00Z"}.
    std::string to_json() const;
    // What to_json wrote gives the same set, and the same bytes again. malformed_json or invalid_field (with pointer) otherwise.
    static Result<FactSet> from_json(std::string_view text);

    friend bool operator==(FactSet const&, FactSet const&) = default;

  private:
    std::map<std::string, FactRows, std::less<>> rows_;
};

}  // namespace partnerd::rules
