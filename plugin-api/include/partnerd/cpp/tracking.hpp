// Reporting clicks, conversions and adjustments; attributors.
#pragma once

#include <partnerd/cpp/http.hpp>

namespace partnerd::inline v1 {

struct Item {
    std::string sku = {}, category = {};
    std::int64_t quantity = 1;
    std::int64_t amount_minor = 0;  // of the whole line
};

struct Click {
    Id program = 0;
    Id link = 0;
    bool test = false;
    std::string subs_json = {};
    std::string_view referrer = {}, user_agent = {}, client_ip = {}, visitor = {};  // borrowed for the call
    std::int64_t at_us = 0;       // 0: now
    std::int64_t at_risk_us = 0;  // how long a click may be answered and not durable; 0: it is answered when it is durable
};

// base = subtotal - discount
struct Breakdown {
    std::int64_t subtotal_minor = 0, discount_minor = 0, tax_minor = 0, shipping_minor = 0;
};

// Owns its texts, so that it may be built step by step. One of amount_minor, breakdown, items with amounts gives the base; none: 0.
struct Conversion {
    Id program = 0;
    std::string kind = "sale";
    std::string external_id = {};
    std::string unit = {};  // empty: the program's currency
    int exponent = 2;
    std::optional<std::int64_t> amount_minor = {};
    std::optional<Breakdown> breakdown = {};
    std::vector<Item> items = {};
    std::string order_id = {}, customer = {}, customer_email = {}, click_id = {}, code = {}, assigned_partner = {};
    std::optional<bool> customer_is_new = {};
    Id link = 0;
    std::int64_t at_us = 0;  // 0: now
    bool test = false;

    Conversion& amount(Money const& money) {
        unit = money.unit;
        exponent = money.exponent;
        amount_minor = money.minor;
        return *this;
    }
};

enum class AdjustmentType : std::int32_t {
    refund = PARTNERD_REFUND,
    chargeback = PARTNERD_CHARGEBACK,
    amend = PARTNERD_AMEND,
    set_status = PARTNERD_SET_STATUS,
};
struct Adjustment {
    AdjustmentType type = AdjustmentType::refund;
    std::string adjustment_id = {};  // unique for the conversion
    std::string reason = {}, new_status = {};
    std::string unit = {};  // empty: the order's currency
    int exponent = 2;
    std::optional<std::int64_t> amount_minor = {};  // nothing: all that is left
    std::optional<std::int64_t> base_minor = {};    // nothing: proportional
    std::vector<Item> items = {};
    std::int64_t at_us = 0;  // 0: now
};

enum class OutcomeState : std::int32_t {
    recorded = PARTNERD_RECORDED,
    duplicate = PARTNERD_DUPLICATE,
    unattributed = PARTNERD_UNATTRIBUTED,
    refused = PARTNERD_REFUSED,
    held = PARTNERD_HELD,
    declined = PARTNERD_DECLINED,
};
struct Line {
    Id commission = 0, enrollment = 0, partner = 0;
    std::string key = {}, kind = {}, state = {};
    Money amount = {};
    std::int64_t payable_at_us = 0;
};
struct Outcome {
    OutcomeState state = OutcomeState::refused;
    OutcomeState first_state = OutcomeState::refused;  // of a duplicate: what the first report became
    Id conversion = 0;
    Id partner = 0;
    std::string reason_code = {};
    std::vector<Line> lines = {};
};

// A conversion as attributors and facts see it; views last for the call.
struct ConversionView {
    explicit ConversionView(partnerd_conversion const& c) : raw(&c) {}
    Id program() const { return raw->program; }
    std::string_view kind() const { return sv(raw->kind); }
    std::string_view external_id() const { return sv(raw->external_id); }
    std::string_view order_id() const { return sv(raw->order_id); }
    std::string_view customer() const { return sv(raw->customer); }
    std::string_view click_id() const { return sv(raw->click_id); }
    std::string_view code() const { return sv(raw->code); }
    std::string_view assigned_partner() const { return sv(raw->assigned_partner); }
    std::string_view customer_email() const { return sv(raw->customer_email); }
    std::optional<Money> amount() const { return raw->has_amount != 0 ? std::optional<Money>(raw->amount) : std::nullopt; }
    Id link() const { return raw->link; }
    std::int64_t at_us() const { return raw->at_us; }
    bool test() const { return raw->test != 0; }
    std::size_t items() const { return raw->n_items; }
    partnerd_item const& item(std::size_t i) const {
        if (i >= raw->n_items) throw Error(PARTNERD_E_INVALID, "there is no such item");
        return *reinterpret_cast<partnerd_item const*>(reinterpret_cast<char const*>(raw->items) + i * raw->item_stride);
    }
    partnerd_conversion const* raw;
};

class Candidates {
  public:
    Candidates(Services const& services, partnerd_candidates* candidates) : services_(&services), candidates_(candidates) {}
    // evidence: a few words for the operator: "code SPRING10".
    void add(Id enrollment, std::int64_t at_us, std::string_view evidence, Id link = 0) {
        partnerd_candidate c{};
        c.struct_size = sizeof c;
        c.enrollment = enrollment;
        c.link = link;
        c.at_us = at_us;
        c.evidence = str(evidence);
        detail::check(services_->tracking->candidate(candidates_, &c), "tracking.candidate");
    }

  private:
    Services const* services_;
    partnerd_candidates* candidates_;
};

namespace detail {

inline std::vector<partnerd_item> c_items(std::vector<Item> const& items) {
    std::vector<partnerd_item> out;
    out.reserve(items.size());
    for (auto const& i : items) {
        partnerd_item c{};
        c.struct_size = sizeof c;
        c.sku = str(i.sku);
        c.category = str(i.category);
        c.quantity = i.quantity;
        c.amount_minor = i.amount_minor;
        out.push_back(c);
    }
    return out;
}

}  // namespace detail

class Tracking {
  public:
    explicit Tracking(Services& services) : services_(&services) {}

    // [io] Records a click, answers `deferred` once it is durable, and gives the signed click id. Throws Error; the deferred is answered
    // then too.
    std::string click(Click const& click, Deferred deferred) const {
        partnerd_click c{};
        c.struct_size = sizeof c;
        c.test = click.test ? 1 : 0;
        c.program = click.program;
        c.link = click.link;
        c.subs_json = str(click.subs_json);
        c.referrer = str(click.referrer);
        c.user_agent = str(click.user_agent);
        c.client_ip = str(click.client_ip);
        c.visitor = str(click.visitor);
        c.at_us = click.at_us;
        c.at_risk_us = click.at_risk_us;
        std::array<char, 64> text{};
        partnerd_buf out{text.data(), text.size(), 0};
        detail::call(services_->tracking->click, services_->host, static_cast<partnerd_click const*>(&c), deferred.release(), &out);
        return {text.data(), std::min(out.len, text.size())};
    }
    // [write] Takes a conversion the whole way in this unit. Throws Error with the core's reason; Error::problem() hands it on.
    Outcome convert(Tx& tx, Conversion const& conversion) const {
        auto const items = detail::c_items(conversion.items);
        partnerd_conversion c{};
        c.struct_size = sizeof c;
        c.test = conversion.test ? 1 : 0;
        c.program = conversion.program;
        c.kind = str(conversion.kind);
        c.external_id = str(conversion.external_id);
        c.order_id = str(conversion.order_id);
        c.customer = str(conversion.customer);
        c.click_id = str(conversion.click_id);
        c.code = str(conversion.code);
        c.assigned_partner = str(conversion.assigned_partner);
        c.customer_email = str(conversion.customer_email);
        c.amount = Money(conversion.amount_minor.value_or(0), conversion.unit, conversion.exponent).c();
        c.has_amount = conversion.amount_minor ? 1 : 0;
        c.customer_is_new = !conversion.customer_is_new ? PARTNERD_UNKNOWN : *conversion.customer_is_new ? PARTNERD_YES : PARTNERD_NO;
        auto const b = conversion.breakdown.value_or(Breakdown());
        partnerd_breakdown const breakdown{sizeof(partnerd_breakdown), 0,           b.subtotal_minor,
                                           b.discount_minor,           b.tax_minor, b.shipping_minor};
        c.breakdown = conversion.breakdown ? &breakdown : nullptr;
        c.items = items.data();
        c.n_items = items.size();
        c.item_stride = sizeof(partnerd_item);
        c.link = conversion.link;
        c.at_us = conversion.at_us;
        auto out = empty_outcome();
        detail::call(services_->tracking->convert, tx.raw(), static_cast<partnerd_conversion const*>(&c), &out);
        return outcome(tx, out);
    }
    // [write] The same for a refund, chargeback, amendment or status.
    Outcome adjust(Tx& tx, Id program, std::string_view kind, std::string_view external_id, Adjustment const& adjustment) const {
        auto const items = detail::c_items(adjustment.items);
        partnerd_adjustment c{};
        c.struct_size = sizeof c;
        c.type = static_cast<std::int32_t>(adjustment.type);
        c.adjustment_id = str(adjustment.adjustment_id);
        c.reason = str(adjustment.reason);
        c.new_status = str(adjustment.new_status);
        c.amount = Money(adjustment.amount_minor.value_or(0), adjustment.unit, adjustment.exponent).c();
        c.has_amount = adjustment.amount_minor ? 1 : 0;
        c.base_minor = adjustment.base_minor.value_or(0);
        c.has_base = adjustment.base_minor ? 1 : 0;
        c.items = items.data();
        c.n_items = items.size();
        c.item_stride = sizeof(partnerd_item);
        c.at_us = adjustment.at_us;
        auto out = empty_outcome();
        detail::call(services_->tracking->adjust, tx.raw(), program, str(kind), str(external_id),
                     static_cast<partnerd_adjustment const*>(&c), &out);
        return outcome(tx, out);
    }
    // find(Tx&, ConversionView const&, Candidates&)
    template <class Find>
    void add_attributor(char const* id, Find find) const {
        struct Trampoline {
            Services const* services;
            Find find;
            static partnerd_status run(void* user, partnerd_tx* raw, partnerd_conversion const* c, partnerd_candidates* out,
                                       partnerd_error* e) noexcept {
                auto& self = *static_cast<Trampoline*>(user);
                return detail::guarded(e, [&] {
                    Tx tx(*self.services, raw);
                    Candidates candidates(*self.services, out);
                    self.find(tx, ConversionView(*c), candidates);
                });
            }
        };
        partnerd_attributor a{};
        a.struct_size = sizeof a;
        a.id = id;
        a.find = &Trampoline::run;
        a.user = services_->keep(Trampoline{services_, std::move(find)});
        detail::call(services_->tracking->add_attributor, services_->host, static_cast<partnerd_attributor const*>(&a));
    }

  private:
    static partnerd_outcome empty_outcome() {
        partnerd_outcome out{};
        out.struct_size = sizeof out;
        return out;
    }
    Outcome outcome(Tx& tx, partnerd_outcome const& out) const {
        Outcome o;
        o.state = static_cast<OutcomeState>(out.state);
        o.first_state = static_cast<OutcomeState>(out.first_state);
        o.conversion = out.conversion;
        o.partner = out.partner;
        o.reason_code = sv(out.reason_code);
        for (std::uint32_t i = 0; i < out.n_lines; ++i) {
            partnerd_line c{};
            c.struct_size = sizeof c;
            detail::call(services_->tracking->outcome_line, tx.raw(), &out, i, &c);
            Line line;
            line.commission = c.commission;
            line.enrollment = c.enrollment;
            line.partner = c.partner;
            line.key = sv(c.key);
            line.kind = sv(c.kind);
            line.state = sv(c.state);
            line.amount = c.amount;
            line.payable_at_us = c.payable_at_us;
            o.lines.push_back(std::move(line));
        }
        return o;
    }
    Services* services_;
};

}  // namespace partnerd::inline v1
