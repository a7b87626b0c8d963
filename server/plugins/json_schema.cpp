// Without it valijson aborts on a schema that is none.
#define VALIJSON_USE_EXCEPTIONS 1

#include "plugins/json_schema.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <valijson/adapters/boost_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

namespace partnerd::plugins {
namespace {

using Adapter = valijson::adapters::BoostJsonAdapter;

Result<boost::json::value> parse(std::string_view text) {
    boost::system::error_code failure;
    auto value = boost::json::parse({text.data(), text.size()}, failure);
    if (failure) return Error(errc::malformed_json, failure.message());
    return value;
}

// valijson names places as "<root>[a][b]"; a pointer is "/a/b".
std::string pointer(std::vector<std::string> const& context) {
    std::string out;
    for (auto const& step : context) {
        if (step == "<root>") continue;
        auto name = step;
        if (name.size() >= 2 && name.front() == '[' && name.back() == ']') name = name.substr(1, name.size() - 2);
        if (name.size() >= 2 && name.front() == '"' && name.back() == '"') name = name.substr(1, name.size() - 2);
        out += '/';
        for (char const c : name) {
            if (c == '~') out += "~0";
            else if (c == '/') out += "~1";
            else out += c;
        }
    }
    return out;
}

class Compiled final : public JsonSchema {
  public:
    explicit Compiled(boost::json::value const& schema) { valijson::SchemaParser().populateSchema(Adapter(schema), schema_); }

    Status check(boost::json::value const& value) const override {
        valijson::Validator validator;
        valijson::ValidationResults results;
        if (validator.validate(schema_, Adapter(value), &results)) return {};
        valijson::ValidationResults::Error first, deepest;
        std::string text;
        while (results.popError(first)) {
            if (first.context.size() < deepest.context.size()) continue;
            deepest = first;
        }
        return Error(errc::invalid_field, deepest.description, pointer(deepest.context));
    }

  private:
    valijson::Schema schema_;
};

}  // namespace

Result<std::shared_ptr<JsonSchema const>> JsonSchema::compile(std::string_view schema) {
    auto const parsed = parse(schema);
    if (!parsed) return Error(errc::invalid_config, "the schema is not JSON: " + parsed.error().detail);
    if (!parsed->is_object()) return Error(errc::invalid_config, "the schema is not a JSON object");
    try {
        return std::shared_ptr<JsonSchema const>(std::make_shared<Compiled>(*parsed));
    } catch (std::exception const& wrong) {
        return Error(errc::invalid_config, std::string("not a JSON Schema: ") + wrong.what());
    }
}

Status JsonSchema::check(boost::json::object const& object) const { return check(boost::json::value(object)); }

Status JsonSchema::check_text(std::string_view json) const {
    auto const parsed = parse(json);
    if (!parsed) return parsed.error();
    return check(*parsed);
}

}  // namespace partnerd::plugins
