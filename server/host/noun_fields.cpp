#include "host/noun_fields.hpp"

#include "programs/link.hpp"
#include "programs/terms.hpp"
#include "tracking/click_targets.hpp"
#include "tracking/conversion.hpp"
#include "tracking/known.hpp"

namespace partnerd::host {

using plugins::FieldValue;
using storage::arg;

namespace {

Error no_field(std::string_view noun, std::string_view field) { return {errc::invalid_field, "a " + std::string(noun) + " has no field '" + std::string(field) + "'"}; }

Result<FieldValue> program_field(storage::Tx& tx, Id id, std::string_view field) {
    auto const p = tracking::Known::of(tx).program(tx, id);
    if (!p) return errc::not_found;
    if (field == "handle") return FieldValue(p->handle);
    if (field == "name") return FieldValue(p->name);
    if (field == "status") return FieldValue(p->status);
    if (field == "currency") return FieldValue(std::string(p->currency.code()));
    if (field == "exponent") return FieldValue(std::int64_t{p->currency.exponent()});
    if (field == "zone") return FieldValue(p->zone);
    return no_field("program", field);
}

Result<FieldValue> partner_field(storage::Tx& tx, Id id, std::string_view field) {
    auto const p = tracking::Known::of(tx).partner(tx, id);
    if (!p) return errc::not_found;
    if (field == "handle") return FieldValue(p->handle);
    if (field == "name") return FieldValue(p->name);
    if (field == "type") return FieldValue(p->type);
    if (field == "status") return FieldValue(p->status);
    return no_field("partner", field);
}

Result<FieldValue> enrollment_field(storage::Tx& tx, Id id, std::string_view field) {
    auto const program = tx.value<std::int64_t>("select program from enrollment where id = :id", {arg("id", id)});
    auto const e = program ? programs::find_enrollment(tx, *program, id) : std::nullopt;
    if (!e) return errc::not_found;
    if (field == "program") return FieldValue(e->program);
    if (field == "partner") return FieldValue(e->partner);
    if (field == "status") return FieldValue(e->status);
    if (field == "group") return FieldValue(e->group);
    if (field == "terms_version") return FieldValue(e->accepted_terms);
    return no_field("enrollment", field);
}

Result<FieldValue> link_field(storage::Tx& tx, Id id, std::string_view field) {
    auto const l = programs::find_link(tx, id);
    if (!l) return errc::not_found;
    if (field == "program") return FieldValue(l->program);
    if (field == "enrollment") return FieldValue(l->enrollment);
    if (field == "code") return FieldValue(l->code);
    if (field == "channel") return FieldValue(l->channel);
    if (field == "destination") return FieldValue(l->destination);
    if (field == "status") return FieldValue(std::string(l->stopped ? "stopped" : "active"));
    if (field == "tracks") {
        tracking::ClickTargets targets;
        auto const target = targets.load(tx, id);
        return FieldValue(target != nullptr && target->tracks);
    }
    return no_field("link", field);
}

Result<FieldValue> conversion_field(storage::Tx& tx, Id id, std::string_view field) {
    auto const c = tracking::find_conversion(tx, id);
    if (!c) return errc::not_found;
    if (field == "program") return FieldValue(c->program);
    if (field == "kind") return FieldValue(c->kind);
    if (field == "external_id") return FieldValue(c->external_id);
    if (field == "order_id") return FieldValue(c->order_id);
    if (field == "status") return FieldValue(c->state);
    if (field == "amount") return FieldValue(Money{c->amounts.base_minor, c->currency});
    if (field == "at") return FieldValue(rules::Instant{c->at_us});
    if (field == "enrollment") return c->enrollment == 0 ? Result<FieldValue>(FieldValue()) : Result<FieldValue>(FieldValue(c->enrollment));
    return no_field("conversion", field);
}

Result<Id> find_link_in(storage::Tx& tx, Id program, std::string_view handle) {
    auto const id = parse_id("lnk", handle);
    auto const link = id ? programs::find_link(tx, *id) : programs::find_link_by_code(tx, handle);
    if (!link || (program != 0 && link->program != program)) return errc::not_found;
    return link->id;
}

Result<Id> find_conversion_in(storage::Tx& tx, Id program, std::string_view handle) {
    if (auto const id = parse_id("cnv", handle)) {
        if (!tracking::find_conversion(tx, program, *id)) return errc::not_found;
        return *id;
    }
    auto const slash = handle.find('/');
    auto const kind = slash == std::string_view::npos ? std::string_view() : handle.substr(0, slash);
    auto const external_id = slash == std::string_view::npos ? handle : handle.substr(slash + 1);
    auto const found = tx.value<std::int64_t>("select id from conversion where program = :program and test = 0 and external_id = :external_id and (:kind = '' or kind = :kind) order by id limit 1",
                                              {arg("program", program), arg("external_id", external_id), arg("kind", kind)});
    if (!found) return errc::not_found;
    return *found;
}

}  // namespace

Result<Id> find_noun(storage::Tx& tx, std::string_view noun, Id program, std::string_view handle) {
    if (noun == "program") {
        auto const p = programs::find_program(tx, handle);
        return p ? Result<Id>(p->id) : Result<Id>(errc::not_found);
    }
    if (noun == "link") return find_link_in(tx, program, handle);
    if (noun == "conversion") return find_conversion_in(tx, program, handle);
    if (noun != "partner" && noun != "enrollment") return Error(errc::invalid_field, "'" + std::string(noun) + "' is no noun of the core");
    auto const partner = programs::find_partner(tx, handle);
    auto const enrollment = partner ? programs::find_enrollment_of(tx, program, partner->id) : std::nullopt;
    if (!enrollment) return errc::not_found;
    return noun == "partner" ? partner->id : enrollment->id;
}

Result<FieldValue> field_of_noun(storage::Tx& tx, std::string_view noun, Id id, std::string_view field) {
    if (noun == "program") return program_field(tx, id, field);
    if (noun == "partner") return partner_field(tx, id, field);
    if (noun == "enrollment") return enrollment_field(tx, id, field);
    if (noun == "link") return link_field(tx, id, field);
    if (noun == "conversion") return conversion_field(tx, id, field);
    return Error(errc::invalid_field, "'" + std::string(noun) + "' is no noun of the core");
}

}  // namespace partnerd::host
