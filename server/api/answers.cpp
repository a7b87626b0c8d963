#include "api/answers.hpp"

#include <boost/json.hpp>

#include "routing/operation.hpp"

namespace partnerd::api {

namespace json = boost::json;

namespace {

// "a": schema, "b?": schema -> an object whose members are all required but those with a question mark. "[x]": a list of x; "x|null":
// also null; "#X": the schema X.
constexpr std::string_view answers = R"json({
"ConversionOutcome":{"id":"cnv_","state":"text","reason":"text","partner":"text|null","commissions":"[#OutcomeCommission]","duplicate":"boolean"},
"OutcomeCommission":{"id":"com_","partner":"text","kind":"text","amount":"#Money","payable_on":"day","payable_at":"time|null","state":"text"},
"Explanation":{"conversion":"#ExplainedConversion","terms":"#TermsVersion","attribution?":"object","rules?":"object|null","facts":"any",
    "fx_rate?":"text","commissions":"[#ExplainedCommission]","adjustments":"[#ExplainedAdjustment]","reviewed?":"[#CommissionChange]",
    "entries":"[#ExplainedEntry]"},
"MyExplanation":{"conversion":"#MyExplainedConversion","terms":"#MyTermsVersion","attribution?":"object","rules?":"object|null",
    "commissions":"[#MyExplainedCommission]","adjustments":"[#MyExplainedAdjustment]"},
"TermsVersion":{"id":"trm_","version":"integer"},
"MyTermsVersion":{"version":"integer"},
"ExplainedConversion":{"id":"cnv_","kind":"text","state":"text","reason":"text","at":"time","recorded_at":"time","test":"boolean",
    "base":"#Money","base_left":"#Money","external_id":"text","order_id":"text","total":"#Money","total_left":"#Money","breakdown":"any",
    "items_left":"any","customer":"text","code":"text","click":"clk_|null","link":"lnk_|null","source":"text","enrollment":"enr_|null",
    "partner":"ptn_|null","plugin":"text"},
"MyExplainedConversion":{"id":"cnv_","kind":"text","state":"text","reason":"text","at":"time","recorded_at":"time","test":"boolean",
    "base":"#Money","base_left":"#Money"},
"ExplainedCommission":{"id":"com_","line":"text","rule":"text","kind":"text","gross":"#Money","net":"#Money","state":"text","reason":"text",
    "payable_on":"day","enrollment":"enr_","partner":"ptn_"},
"MyExplainedCommission":{"id":"com_","line":"text","rule":"text","kind":"text","gross":"#Money","net":"#Money","state":"text",
    "reason":"text","payable_on":"day"},
"ExplainedAdjustment":{"id":"adj_","type":"text","at":"time","base_taken":"#Money","adjustment_id":"text","taken":"#Money","items":"any",
    "reason":"text","recorded_at":"time","rules":"any","changes":"[#CommissionChange]"},
"MyExplainedAdjustment":{"id":"adj_","type":"text","at":"time","base_taken":"#Money","changes":"[#CommissionChange]"},
"CommissionChange":{"commission":"com_","line":"text","delta":"#Money","at":"time"},
"ExplainedEntry":{"id":"ent_","key":"text","kind":"text","memo":"text","at":"time","recorded_at":"time","legs":"[#ExplainedLeg]"},
"ExplainedLeg":{"account":"text","amount":"#Money"},
"Changes":{"changes":"[#Change]","applied":"boolean"},
"Change":{"noun":"text","handle":"text","change":"create|update|none","fields":"{#FieldChange}"},
"FieldChange":{"before":"any","after":"any"},
"FxRate":{"currency":"text","day":"day","rate":"text"},
"FxRates":{"data":"[#FxRate]","has_more":"boolean","next_cursor":"null"},
"IssuedKey":{"id":"key_","key":"text","kind":"operator|merchant|partner","label":"text","scopes":"text","test":"boolean","expires_at":"time|null"},
"SealHead":{"program":"prg_","handle":"text","last_seq":"integer","hash":"text","unsealed":"integer"},
"SealHeads":{"data":"[#SealHead]","has_more":"boolean","next_cursor":"null"},
"Me":{"id":"ptn_","handle":"text","name":"text","email":"text","partner_type":"text","website":"text","status":"active|suspended",
    "reason":"text","created_at":"time"},
"AcceptedTerms":{"enrollment":"enr_","accepted_terms":"integer"},
"Summary":{"from":"day","to":"day","as_of":"day","group_by":"none|day|link|channel|sub1|type","total":"#SummaryFigures","data":"[#SummaryRow]"},
"SummaryFigures":{"clicks":"integer","unique_clicks":"integer","conversions":"integer","revenue":"#Money","pending":"#Money",
    "approved":"#Money","paid":"#Money","reversed":"#Money"},
"SummaryRow":{"key":"text","clicks":"integer","unique_clicks":"integer","conversions":"integer","revenue":"#Money","pending":"#Money",
    "approved":"#Money","paid":"#Money","reversed":"#Money"},
"Balance":{"currency":"text","pending":"#Money","payable":"#Money"},
"Balances":{"data":"[#Balance]","has_more":"boolean","next_cursor":"null"},
"EnrolledPartner":{"id":"ptn_","handle":"text","enrollment":"enr_","status":"active|suspended|closed","group":"text","duplicate":"boolean"},
"KnownIdentity":{"partner":"ptn_","identity":"email|customer","duplicate":"boolean"},
"LoadedPlugin":{"id":"text","name":"text","version":"text","vendor":"text","license":"text","routes":"[text]","rules":"[text]",
    "facts":"[text]","attributors":"[text]","jobs":"[text]"},
"LoadedPlugins":{"data":"[#LoadedPlugin]","has_more":"boolean","next_cursor":"null"},
"PluginSetting":{"plugin":"text","enabled":"boolean","config":"object"},
"PluginSettings":{"data":"[#PluginSetting]","has_more":"boolean","next_cursor":"null"},
"Rule":{"rule":"text","id":"text","version":"any","on":"text|null","facts":"[text]","params_schema":"any"},
"Rules":{"data":"[#Rule]","has_more":"boolean","next_cursor":"null"},
"RateInWords":{"name":"text","rule":"text","lane":"text","on":"[text]","words":"text"},
"TermsText":{"version":"integer","text":"text","effective_at":"time"},
"OfferedTerms":{"version":"integer","text":"text","effective_at":"time","rates":"[#RateInWords]","window_days":"integer",
    "hold_days":"integer","minimum_payout":"#Money"},
"PublicProgram":{"id":"prg_","handle":"text","name":"text","status":"pilot|live|paused|ended","currency":"text","zone":"text",
    "terms":"#TermsText","offered_terms":"integer","offered?":"#OfferedTerms","rates":"[#RateInWords]","window_days":"integer",
    "hold_days":"integer","minimum_payout":"#Money"},
"AppliedFor":{"id":"app_","token":"text","status":"pending","status_url":"text"},
"ApplicationStatus":{"id":"app_","program":"text","status":"pending|approved|rejected","reason":"text","created_at":"time",
    "decided_at":"time|null","key?":"text"}
})json";

json::object words_schema(std::string_view words) {
    json::array list;
    for (auto end = words.find('|'); end != std::string_view::npos; end = words.find('|')) {
        list.emplace_back(words.substr(0, end));
        words.remove_prefix(end + 1);
    }
    list.emplace_back(words);
    return {{"type", "string"}, {"enum", std::move(list)}};
}

json::object member_schema(std::string_view type) {
    if (type.front() == '[') return {{"type", "array"}, {"items", member_schema(type.substr(1, type.size() - 2))}};
    if (type.front() == '{') return {{"type", "object"}, {"additionalProperties", member_schema(type.substr(1, type.size() - 2))}};
    if (type.ends_with("|null")) return {{"anyOf", {member_schema(type.substr(0, type.size() - 5)), {{"type", "null"}}}}};
    if (type.front() == '#') return routing::reference_to(type.substr(1));
    if (type.ends_with('_')) return {{"type", "string"}, {"pattern", "^" + std::string(type)}};
    if (type == "any") return {};
    if (type == "text") return {{"type", "string"}};
    if (type == "time") return {{"type", "string"}, {"format", "date-time"}};
    if (type == "day") return {{"type", "string"}, {"format", "date"}};
    if (type == "integer" || type == "boolean" || type == "object" || type == "null") return {{"type", type}};
    return words_schema(type);
}

json::object answer_schema(json::object const& members) {
    json::object properties;
    json::array required;
    for (auto const& member : members) {
        std::string_view name = member.key();
        bool const optional = name.ends_with('?');
        if (optional) name.remove_suffix(1);
        else required.emplace_back(name);
        properties[name] = member_schema(member.value().as_string());
    }
    return {{"type", "object"}, {"required", std::move(required)}, {"properties", std::move(properties)}};
}

json::object const& all_answers() {
    static json::object const all = json::parse(answers).as_object();
    return all;
}

}  // namespace

void name_answers_within(routing::Route& route, json::object const& schema) {
    constexpr std::string_view before = "#/components/schemas/";
    auto const text = json::serialize(schema);
    for (auto at = text.find(before); at != std::string::npos; at = text.find(before, at + 1)) {
        auto const begin = at + before.size();
        auto const name = text.substr(begin, text.find('"', begin) - begin);
        auto const* const answer = all_answers().if_contains(name);
        if (answer == nullptr) continue;
        auto const inner = answer_schema(answer->as_object());
        routing::name_schema(route, name, inner);
        name_answers_within(route, inner);
    }
}

}  // namespace partnerd::api
