#include "api/field_words.hpp"

#include <algorithm>
#include <boost/json.hpp>

namespace partnerd::api {

namespace json = boost::json;

namespace {

struct FieldWords {
    std::string_view field, words;  // "field" anywhere, or "Body.field" in one
};

constexpr FieldWords all_words[] = {
    {"ConversionReport.external_id", "The merchant's own id, once per kind: the same again is answered with duplicate"},
    {"ConversionReport.kind", "What happened; sale otherwise"},
    {"AdjustmentReport.external_id", "Of the conversion"},
    {"AdjustmentReport.kind", "Of the conversion; sale otherwise"},
    {"AdjustmentReport.amount", "What goes, all that is left otherwise; of amend: the new amount"},
    {"AdjustmentReport.base", "The part of it that commission was paid for; in proportion otherwise"},
    {"AdjustmentReport.items", "The lines that go; of amend: the new lines"},
    {"AdjustmentReport.reason", "Why, for people"},
    {"AdjustmentReport.status", "With type status: the new status"},
    {"AdjustmentReport.type", "refund, chargeback, amend (an edit) or status (the end of the conversion)"},
    {"ApplicationWish.name", "Of the applicant"},
    {"ApplicationWish.email", "Where the applicant is reached; is a partner known by it, the answer is the same"},
    {"NewProgram.handle", "The program's name in paths, for ever"},
    {"NewProgram.currency", "What partners are paid in, for ever"},
    {"program.handle", "The program's name in paths, for ever"},
    {"Approval.handle", "Of the new partner; made from its name otherwise"},
    {"Identity.email", "An address of the partner; only its digest is kept"},
    {"Identity.customer", "The merchant's id of a buyer who is the partner"},
    {"Identity.program", "The program whose customer it is"},
    {"KeyWish.kind", "Whose key it is"},
    {"KeyWish.partner", "The partner whose key it is: a handle or an id"},
    {"KeyWish.program", "The program of a merchant's key: a handle or an id"},
    {"KeyWish.test", "What the key reports posts nothing"},
    {"MyKeyWish.test", "What the key reports posts nothing"},
    {"PartnerWish.keep", "A partner that is known stays as it is: it is only enrolled"},
    {"LinkWish.code", "The end of the link's address; made otherwise"},
    {"LinkWish.destination", "Where it leads; the program's destination otherwise"},
    {"NoteWish.text", "The note; partners do not see it"},
    {"PilotPartnerWish.partner", "A handle or an id"},
    {"TermsWish.text", "What partners accept"},
    {"terms.text", "What partners accept"},
    {"Reason.reason", "Why, for the partner or applicant"},
    {"Review.reason", "Why, for the partner; needed to decline"},
    {"items.amount", "Of the line, with its whole quantity"},
    {"accepted_terms", "The version of the terms that the applicant accepts"},
    {"adjustment_id", "Once per conversion: the same again is answered with duplicate"},
    {"amount", "The total; a sale has this, a subtotal or items"},
    {"answers", "Answers to the program's own questions, by name"},
    {"assigned_partner", "A handle or id: this partner earns, if the terms say so"},
    {"at", "When it happened; now otherwise"},
    {"auto_approve", "Applications are approved at once, but for those of a known address"},
    {"base", "The part of the amount that commission is paid for"},
    {"binding_days", "How long a customer stays with the partner"},
    {"category", "The line's category, for rules"},
    {"channel", "A word of the partner's own, to group by"},
    {"click_id", "Of the click that the shop was told about"},
    {"code", "The code that the customer used"},
    {"config", "The plugin's configuration; what it had stays when it is switched off without one"},
    {"currency", "The currency"},
    {"customer", "The merchant's id of the buyer"},
    {"customer_email", "Of the buyer; only compared with the partner's, never stored"},
    {"customer_is_new", "Whether it is the buyer's first order; not known otherwise"},
    {"day", "The day, in the program's zone"},
    {"decision", "What becomes of it"},
    {"destination", "Where links lead that name no destination"},
    {"discount", "Taken off the subtotal"},
    {"effective_at", "When the terms begin; as soon as they may otherwise"},
    {"email", "How the partner is reached"},
    {"enabled", "Whether the program uses the plugin"},
    {"exclusive_group", "A partner earns once per order in all programs of the group"},
    {"expires_at", "When the key ends; never otherwise"},
    {"external_id", "The merchant's own id"},
    {"facts", "What conditions may ask about the partner, by name"},
    {"fx_rates", "What one unit of another currency was worth on a day"},
    {"group", "Of the partner in this program, for conditions"},
    {"handle", "The partner's name in paths"},
    {"hold_days", "How long commission is pending"},
    {"hosts", "The hosts that links may lead to"},
    {"items", "The lines of the order"},
    {"kind", "The kind of conversion"},
    {"label", "For people: shop back end"},
    {"link", "The link that brought the customer"},
    {"minimum_payout", "A decimal text in the program's currency"},
    {"model", "Who earns of several that had a part"},
    {"name", "For people"},
    {"notice_days", "How long before new terms begin partners are told"},
    {"order_currencies", "Other currencies that orders may have"},
    {"order_id", "The order that it belongs to"},
    {"partner_type", "affiliate, creator, or a word of your own"},
    {"partners", "Partners to be made or changed, and enrolled"},
    {"plugins", "A configuration for each plugin, or false to switch it off"},
    {"precedence", "The sources of candidates, the strongest first"},
    {"program", "The program to be made or changed"},
    {"quantity", "How many; 1 otherwise"},
    {"rate", "What one unit was worth in the program's currency, as a decimal text"},
    {"rules", "The plan: at least one rule"},
    {"scopes", "read: a key that only reads; empty: all that its kind may"},
    {"shipping", "On top of the subtotal"},
    {"sku", "The line's article, for rules"},
    {"status", "Where the program stands"},
    {"sub1", "A word of the partner's own, to group by"},
    {"sub2", "A word of the partner's own"},
    {"sub3", "A word of the partner's own"},
    {"sub4", "A word of the partner's own"},
    {"sub5", "A word of the partner's own"},
    {"subtotal", "The goods before discount, tax and shipping; instead of amount"},
    {"tags", "Words of the operator's own"},
    {"tax", "On top of the subtotal"},
    {"terms", "The terms that should be in force; a new version unless they read alike"},
    {"test", "Judged and traced, posts nothing"},
    {"version", "The number that the version must have"},
    {"website", "The partner's site"},
    {"window_days", "How long a click counts"},
    {"zone", "The time zone of the program's days: Europe/London"},
};

std::string_view words_about(std::string_view body, std::string_view field) {
    auto const own = std::string(body) + "." + std::string(field);
    for (auto const& name : {std::string_view(own), field}) {
        auto const found = std::find_if(std::begin(all_words), std::end(all_words), [&](auto const& one) { return one.field == name; });
        if (found != std::end(all_words)) return found->words;
    }
    return {};
}

void describe_fields(std::string_view body, json::object& schema) {
    auto* const properties = schema.if_contains("properties");
    if (properties == nullptr) return;
    for (auto& property : properties->as_object()) {
        auto& field = property.value().as_object();
        auto const words = words_about(body, property.key());
        if (!words.empty()) field["description"] = words;
        describe_fields(property.key(), field);
        if (auto* const items = field.if_contains("items"); items != nullptr) describe_fields(property.key(), items->as_object());
    }
}

}  // namespace

json::object described(std::string_view body, json::object schema) {
    describe_fields(body, schema);
    return schema;
}

}  // namespace partnerd::api
