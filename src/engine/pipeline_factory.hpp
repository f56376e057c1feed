#pragma once

#include <array>
#include <functional>
#include <memory>
#include <utility>

#include "base/result.hpp"
#include "config/config.hpp"
#include "engine/extensions.hpp"
#include "engine/pipeline.hpp"
#include "intake/condition_table.hpp"
#include "model/calendar.hpp"
#include "model/symbol.hpp"

namespace tickstock {

/// What the running engine lends its pipelines; a plain run needs none of it.
struct PipelineResources {
    /// Where a paused lane of the shard puts what memory shall not hold.
    std::function<SpillStore*(unsigned shard, ChannelType channel)> spill;
    CircuitSettings circuit = {};
    PathComparison::Settings comparison = {};
};

/// Everything that all shards' pipelines share, and the making of fresh ones: at the start, and
/// whenever an epoch begins with empty state.
class PipelineFactory {
public:
    /// An error names the condition table's file and line.
    static Result<std::unique_ptr<PipelineFactory>> create(const PipelineSettings& settings,
                                                           PipelineExtensions extensions = {},
                                                           PipelineResources resources = {}) {
        ConditionTable conditions;
        if (!settings.intake.condition_table.empty()) {
            auto loaded = ConditionTable::from_file(settings.intake.condition_table);
            if (!loaded) {
                return loaded.error();
            }
            conditions = std::move(*loaded);
        }
        return std::unique_ptr<PipelineFactory>(new PipelineFactory(
            settings, std::move(conditions), std::move(extensions), std::move(resources)));
    }

    /// The factory and `symbols` must outlive it.
    std::unique_ptr<Pipeline> make(const SymbolTable& symbols, unsigned shard) const {
        std::array<SpillStore*, channel_type_count> spill{};
        for (std::size_t i = 0; resources_.spill && i < spill.size(); ++i) {
            spill[i] = resources_.spill(shard, static_cast<ChannelType>(i));
        }
        return std::make_unique<Pipeline>(Pipeline::Parts{
            settings_, calendar_, conditions_, symbols, static_cast<std::uint16_t>(shard),
            &extensions_, resources_.circuit, spill, resources_.comparison});
    }

    const PipelineSettings& settings() const { return settings_; }
    const TradingCalendar& calendar() const { return calendar_; }

private:
    PipelineFactory(const PipelineSettings& settings, ConditionTable conditions,
                    PipelineExtensions extensions, PipelineResources resources)
        : settings_(settings),
          calendar_(settings.calendar),
          conditions_(std::move(conditions)),
          extensions_(std::move(extensions)),
          resources_(std::move(resources)) {}

    const PipelineSettings settings_;
    const TradingCalendar calendar_;
    const ConditionTable conditions_;
    const PipelineExtensions extensions_;
    const PipelineResources resources_;
};

}  // namespace tickstock
