#include "api/partner_upsert.hpp"

#include <algorithm>
#include <boost/json.hpp>

namespace partnerd::api {

namespace {

std::optional<std::string> read_facts(routing::BodyReader& in) {
    bool const named = in.has("facts") || in.is_null("facts");
    boost::json::object facts;
    for (auto const& [name, value] : in.map("facts", 50, {.max = 500, .min = 0})) facts[name] = value;
    return named ? std::optional(boost::json::serialize(facts)) : std::nullopt;
}

std::optional<std::vector<std::string>> read_tags(routing::BodyReader& in) {
    bool const named = in.has("tags") || in.is_null("tags");
    auto tags = in.texts("tags", 50, {.max = 64});
    std::sort(tags.begin(), tags.end());
    tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
    return named ? std::optional(std::move(tags)) : std::nullopt;
}

void put(Difference& difference, std::string_view name, std::string& field, std::optional<std::string> const& wished,
         bool personal = false) {
    if (!wished) return;
    difference.text(name, field, *wished, personal);
    field = *wished;
}

// The partner and what differs, not stored yet.
Difference put_wish(programs::Partner& partner, PartnerWish const& wish) {
    Difference difference;
    put(difference, "name", partner.name, wish.name, true);
    put(difference, "email", partner.email, wish.email, true);
    put(difference, "partner_type", partner.type, wish.type);
    put(difference, "website", partner.website, wish.website);
    if (wish.facts) {
        difference.json("facts", partner.facts, *wish.facts);
        partner.facts = *wish.facts;
    }
    return difference;
}

void put_tags(storage::Tx& tx, Id partner, PartnerWish const& wish, Difference& difference) {
    if (!wish.tags) return;
    auto const before = programs::tags_of(tx, partner);
    difference.texts("tags", before, *wish.tags);
    if (before != *wish.tags) programs::set_tags(tx, partner, *wish.tags);
}

}  // namespace

void read_partner_details(routing::BodyReader& in, PartnerWish& wish) {
    wish.name = in.is_null("name") ? std::string() : in.optional_text("name", {.max = 200, .min = 0});
    wish.email = in.is_null("email") ? std::string() : in.optional_email("email");
    wish.type = in.optional_handle("partner_type");
    wish.website = in.is_null("website") ? std::string() : in.optional_text("website", {.max = 2048, .min = 0});
    wish.facts = read_facts(in);
    wish.tags = read_tags(in);
}

PartnerWish read_partner(routing::BodyReader& in) {
    PartnerWish wish;
    wish.handle = in.handle("handle");
    read_partner_details(in, wish);
    wish.group = in.optional_handle("group");
    return wish;
}

PartnerWish read_enrolling(routing::BodyReader& in) {
    auto wish = read_partner(in);
    wish.keep = in.optional_boolean("keep").value_or(false);
    return wish;
}

Result<Difference> change_partner(storage::Tx& tx, programs::Kernel const& kernel, programs::Partner& partner, PartnerWish const& wish) {
    auto difference = put_wish(partner, wish);
    if (!difference.empty())
        if (auto status = programs::update_partner(tx, kernel, partner); !status) return status.error();
    put_tags(tx, partner.id, wish, difference);
    return difference;
}

Result<UpsertedPartner> upsert_partner(storage::Tx& tx, programs::Kernel const& kernel, Id program, PartnerWish const& wish) {
    UpsertedPartner done;
    auto partner = programs::find_partner(tx, std::string_view(wish.handle));
    done.created = !partner;
    if (partner && !wish.keep) {
        auto difference = change_partner(tx, kernel, *partner, wish);
        if (!difference) return difference.error();
        done.difference = *difference;
    } else if (!partner) {
        partner.emplace();
        partner->handle = wish.handle;
        done.difference = put_wish(*partner, wish);
        if (auto status = programs::create_partner(tx, kernel, *partner); !status) return status.error();
        put_tags(tx, partner->id, wish, done.difference);
    }
    done.partner = partner->id;
    auto const known = programs::find_enrollment_of(tx, program, partner->id);
    auto const enrollment = programs::enroll(tx, kernel, program, partner->id, wish.group.value_or(""), false);
    done.enrollment = enrollment.id;
    done.enrolled = !known;
    if (known && !wish.keep && wish.group && *wish.group != known->group) {
        done.difference.text("group", known->group, *wish.group);
        programs::set_enrollment_group(tx, kernel, *known, *wish.group);
    }
    return done;
}

}  // namespace partnerd::api
