#include "rules/condition.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "domain/calendar.hpp"
#include "rules/fact_json.hpp"
#include "rules/json_read.hpp"

namespace partnerd::rules {

namespace json = boost::json;

namespace {

enum class Op { eq, ne, lt, le, gt, ge, in, not_in, contains, starts_with };

constexpr std::array<std::pair<std::string_view, Op>, 10> ops = {{{"==", Op::eq},
                                                                  {"!=", Op::ne},
                                                                  {"<", Op::lt},
                                                                  {"<=", Op::le},
                                                                  {">", Op::gt},
                                                                  {">=", Op::ge},
                                                                  {"in", Op::in},
                                                                  {"not_in", Op::not_in},
                                                                  {"contains", Op::contains},
                                                                  {"starts_with", Op::starts_with}}};

using Branches = std::vector<std::unique_ptr<Condition const>>;

class Group final : public Condition {
  public:
    Group(bool all, Branches branches) : all_(all), branches_(std::move(branches)) {}

    bool judge(FactSet const& facts, json::value& trace) const override {
        std::size_t held = 0;
        json::array parts;
        for (auto const& branch : branches_) held += branch->judge(facts, parts.emplace_back(nullptr)) ? 1 : 0;
        bool const result = all_ ? held == branches_.size() : held > 0;
        trace = json::object{{all_ ? "all" : "any", std::move(parts)}, {"result", result}};
        return result;
    }
    void collect_facts(std::set<std::string, std::less<>>& names) const override {
        for (auto const& branch : branches_) branch->collect_facts(names);
    }

  private:
    bool const all_;
    Branches const branches_;
};

class Not final : public Condition {
  public:
    explicit Not(std::unique_ptr<Condition const> inner) : inner_(std::move(inner)) {}

    bool judge(FactSet const& facts, json::value& trace) const override {
        json::value part;
        bool const result = !inner_->judge(facts, part);
        trace = json::object{{"not", std::move(part)}, {"result", result}};
        return result;
    }
    void collect_facts(std::set<std::string, std::less<>>& names) const override { inner_->collect_facts(names); }

  private:
    std::unique_ptr<Condition const> const inner_;
};

std::int64_t rank(FactValue const& value) {
    if (auto const* integer = std::get_if<std::int64_t>(&value)) return *integer;
    if (auto const* money = std::get_if<Money>(&value)) return money->minor;
    return std::get<Instant>(value).at_us;
}

bool same_unit(FactValue const& a, FactValue const& b) {
    auto const* money = std::get_if<Money>(&a);
    return money == nullptr || money->currency == std::get<Money>(b).currency;
}

bool is_among(FactValue const& value, std::vector<FactValue> const& list) {
    return std::find(list.begin(), list.end(), value) != list.end();
}

// `actual` has the type of every one of `wanted`.
bool holds(Op op, FactValue const& actual, std::vector<FactValue> const& wanted) {
    auto const& first = wanted.front();
    if (!same_unit(actual, first)) return false;
    switch (op) {
        case Op::eq: return actual == first;
        case Op::ne: return actual != first;
        case Op::lt: return rank(actual) < rank(first);
        case Op::le: return rank(actual) <= rank(first);
        case Op::gt: return rank(actual) > rank(first);
        case Op::ge: return rank(actual) >= rank(first);
        case Op::in: return is_among(actual, wanted);
        case Op::not_in: return !is_among(actual, wanted);
        case Op::contains: return std::get<std::string>(actual).find(std::get<std::string>(first)) != std::string::npos;
        case Op::starts_with: return std::get<std::string>(actual).starts_with(std::get<std::string>(first));
    }
    return false;
}

class Leaf final : public Condition {
  public:
    Leaf(FactDeclaration fact, Op op, std::vector<FactValue> wanted, bool all_rows, json::object written)
        : fact_(std::move(fact)), op_(op), wanted_(std::move(wanted)), all_rows_(all_rows), written_(std::move(written)) {}

    bool judge(FactSet const& facts, json::value& trace) const override {
        auto const* rows = facts.find(fact_.name);
        bool const result = rows == nullptr ? holds_when_absent()
                            : rows->list    ? holds_for_rows(rows->values)
                                            : holds(op_, rows->values.front(), wanted_);
        json::object out = written_;
        out["actual"] = rows == nullptr ? json::value(nullptr) : rows_to_json(*rows);
        out["result"] = result;
        trace = std::move(out);
        return result;
    }
    void collect_facts(std::set<std::string, std::less<>>& names) const override { names.insert(fact_.name); }

  private:
    bool holds_when_absent() const { return !fact_.list && (op_ == Op::ne || op_ == Op::not_in); }

    bool holds_for_rows(std::vector<FactValue> const& rows) const {
        if (op_ == Op::contains) return is_among(wanted_.front(), rows);
        auto const row_holds = [&](FactValue const& row) { return holds(op_, row, wanted_); };
        if (!all_rows_) return std::any_of(rows.begin(), rows.end(), row_holds);
        return !rows.empty() && std::all_of(rows.begin(), rows.end(), row_holds);
    }

    FactDeclaration const fact_;
    Op const op_;
    std::vector<FactValue> const wanted_;
    bool const all_rows_;
    json::object const written_;  // as in the plan, for the trace
};

bool fits(Op op, FactDeclaration const& fact) {
    bool const ordered = fact.type == FactType::integer || fact.type == FactType::money || fact.type == FactType::time;
    switch (op) {
        case Op::eq:
        case Op::ne: return true;
        case Op::lt:
        case Op::le:
        case Op::gt:
        case Op::ge: return ordered;
        case Op::in:
        case Op::not_in: return fact.type == FactType::integer || fact.type == FactType::text;
        case Op::contains: return fact.list || fact.type == FactType::text;
        case Op::starts_with: return fact.type == FactType::text;
    }
    return false;
}

Error wrong(std::string detail, std::string pointer) { return Error(errc::invalid_field, std::move(detail), std::move(pointer)); }

class Compiler {
  public:
    Compiler(RuleRegistry const& registry, Currency const& payout) : registry_(registry), payout_(payout) {}

    Result<std::unique_ptr<Condition const>> compile(json::value const& value, std::string const& pointer, int depth) {
        if (depth > max_condition_depth) return wrong("conditions are nested more than 16 levels deep", pointer);
        if (++nodes_ > max_condition_nodes) return wrong("the condition has more than 256 parts", pointer);
        if (!value.is_object()) return wrong("a condition is an object with all, any, not or fact", pointer);
        auto const& object = value.get_object();
        if (object.contains("fact")) return leaf(object, pointer);
        if (object.size() != 1) return wrong("a condition has exactly one of all, any, not, or a fact with op and value", pointer);
        auto const& member = *object.begin();
        auto const inner = pointer_to(pointer, std::string_view(member.key()));
        if (member.key() == "all" || member.key() == "any") return group(member.key() == "all", member.value(), inner, depth);
        if (member.key() == "not") return negation(member.value(), inner, depth);
        return Error(errc::unknown_field, "known are: all, any, not, fact", inner);
    }

  private:
    Result<std::unique_ptr<Condition const>> group(bool all, json::value const& value, std::string const& pointer, int depth) {
        if (!value.is_array() || value.get_array().empty()) return wrong("this must be an array of conditions that is not empty", pointer);
        Branches branches;
        std::size_t index = 0;
        for (auto const& part : value.get_array()) {
            auto branch = compile(part, pointer_to(pointer, index++), depth + 1);
            if (!branch) return std::move(branch).error();
            branches.push_back(std::move(*branch));
        }
        return std::make_unique<Group const>(all, std::move(branches));
    }

    Result<std::unique_ptr<Condition const>> negation(json::value const& value, std::string const& pointer, int depth) {
        auto inner = compile(value, pointer, depth + 1);
        if (!inner) return std::move(inner).error();
        return std::make_unique<Not const>(std::move(*inner));
    }

    Result<std::unique_ptr<Condition const>> leaf(json::object const& object, std::string const& pointer) {
        if (auto known = only_members(object, {"fact", "op", "value", "quantifier"}, pointer); !known) return known.error();
        auto fact = read_fact(object, pointer);
        if (!fact) return fact.error();
        auto op = read_op(object, *fact, pointer);
        if (!op) return op.error();
        auto all_rows = read_quantifier(object, *fact, *op, pointer);
        if (!all_rows) return all_rows.error();
        auto value = required_member(object, "value", pointer);
        if (!value) return value.error();
        auto wanted = read_wanted(**value, *fact, *op, pointer_to(pointer, "value"));
        if (!wanted) return wanted.error();
        return std::make_unique<Leaf const>(std::move(*fact), *op, std::move(*wanted), *all_rows, object);
    }

    Result<FactDeclaration> read_fact(json::object const& object, std::string const& pointer) {
        auto const at = pointer_to(pointer, "fact");
        auto name = read_text(object.at("fact"), at);
        if (!name) return name.error();
        auto fact = registry_.find_fact(*name);
        if (!fact) return Error(errc::unknown_fact, fact.error().detail, at);
        return *fact;
    }

    Result<Op> read_op(json::object const& object, FactDeclaration const& fact, std::string const& pointer) {
        auto written = required_member(object, "op", pointer);
        if (!written) return written.error();
        auto const at = pointer_to(pointer, "op");
        auto name = read_text(**written, at);
        if (!name) return name.error();
        auto const found = std::find_if(ops.begin(), ops.end(), [&](auto const& op) { return op.first == *name; });
        if (found == ops.end()) return wrong("known are: == != < <= > >= in not_in contains starts_with", at);
        if (!fits(found->second, fact))
            return wrong("'" + *name + "' does not fit '" + fact.name + "', which is " + std::string(type_name(fact.type)), at);
        return found->second;
    }

    Result<bool> read_quantifier(json::object const& object, FactDeclaration const& fact, Op op, std::string const& pointer) {
        auto const* written = object.if_contains("quantifier");
        if (written == nullptr) return false;
        auto const at = pointer_to(pointer, "quantifier");
        if (!fact.list) return wrong("'" + fact.name + "' has one value; a quantifier is for lists", at);
        if (op == Op::contains) return wrong("'contains' asks whether a list has a row; it takes no quantifier", at);
        if (*written != "any_of" && *written != "all_of") return wrong("known are: any_of, all_of", at);
        return *written == "all_of";
    }

    Result<std::vector<FactValue>> read_wanted(json::value const& value, FactDeclaration const& fact, Op op, std::string const& pointer) {
        std::vector<FactValue> wanted;
        if (op != Op::in && op != Op::not_in) {
            auto one = read_value(value, fact, pointer);
            if (!one) return one.error();
            wanted.push_back(std::move(*one));
            return wanted;
        }
        if (!value.is_array() || value.get_array().empty() || value.get_array().size() > 1000)
            return wrong("'in' and 'not_in' take an array of 1 to 1000 values", pointer);
        std::size_t index = 0;
        for (auto const& part : value.get_array()) {
            auto one = read_value(part, fact, pointer_to(pointer, index++));
            if (!one) return one.error();
            wanted.push_back(std::move(*one));
        }
        return wanted;
    }

    Result<FactValue> read_value(json::value const& value, FactDeclaration const& fact, std::string const& pointer) {
        switch (fact.type) {
            case FactType::boolean:
                if (value.is_bool()) return FactValue(value.get_bool());
                return wrong("'" + fact.name + "' is compared with true or false", pointer);
            case FactType::integer:
                if (value.is_int64()) return FactValue(value.get_int64());
                return wrong("'" + fact.name + "' is compared with a whole number", pointer);
            case FactType::text:
                if (value.is_string()) return FactValue(std::string(value.get_string()));
                return wrong("'" + fact.name + "' is compared with a text", pointer);
            case FactType::money: return as_value(read_money(value, payout_, pointer, true));
            case FactType::time: return read_time(value, fact, pointer);
        }
        return wrong("this type of fact is not known", pointer);
    }

    static Result<FactValue> as_value(Result<Money> money) {
        if (!money) return std::move(money).error();
        return FactValue(*money);
    }

    static Result<FactValue> read_time(json::value const& value, FactDeclaration const& fact, std::string const& pointer) {
        if (!value.is_string()) return wrong("'" + fact.name + "' is compared with a time such as \"2010-12-01T08:26:00Z\"", pointer);
        auto at = parse_instant(value.get_string());
        if (!at) return wrong(at.error().detail, pointer);
        return FactValue(Instant{*at});
    }

    RuleRegistry const& registry_;
    Currency const& payout_;
    int nodes_ = 0;
};

}  // namespace

Result<std::unique_ptr<Condition const>> compile_condition(json::value const& value, RuleRegistry const& registry, Currency const& payout) {
    return Compiler(registry, payout).compile(value, "", 1);
}

}  // namespace partnerd::rules
