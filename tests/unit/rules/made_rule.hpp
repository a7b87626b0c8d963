// A rule as a plugin would bring it, made of a function; for tests.
#pragma once

#include <functional>

#include "rules/registry.hpp"

namespace partnerd::rules {

class MadeRule final : public Rule {
  public:
    using Evaluate = std::function<void(FactSet const&, Decision&)>;

    MadeRule(std::string id, int version, Evaluate evaluate, std::vector<FactDeclaration> facts = {}, std::string on_kind = {})
        : id_(std::move(id)), version_(version), evaluate_(std::move(evaluate)), facts_(std::move(facts)), on_kind_(std::move(on_kind)) {}

    std::string_view id() const override { return id_; }
    int version() const override { return version_; }
    std::string_view on_kind() const override { return on_kind_; }
    std::span<FactDeclaration const> facts() const override { return facts_; }
    std::string_view params_schema() const override { return "{}"; }
    Result<std::shared_ptr<CompiledRule const>> compile(boost::json::object const&, Currency const&) const override {
        return std::make_shared<Compiled const>(evaluate_);
    }

  private:
    struct Compiled final : CompiledRule {
        explicit Compiled(Evaluate f) : run(std::move(f)) {}
        void evaluate(FactSet const& facts, Decision& decision) const override { run(facts, decision); }
        Evaluate run;
    };

    std::string id_;
    int version_;
    Evaluate evaluate_;
    std::vector<FactDeclaration> facts_;
    std::string on_kind_;
};

}  // namespace partnerd::rules
