// The files of a configuration directory as they are made.

#include <fmt/format.h>

#include "config/config_files.hpp"
#include "config/key_tree.hpp"

namespace tickstock {
namespace {

constexpr std::string_view tick_profile = "channels.tick.profile";

std::string_view channel_of(ConfigFile file) {
    switch (file) {
        case ConfigFile::Ohlcv: return "ohlcv";
        case ConfigFile::Fmv: return "fmv";
        default: return "tick";
    }
}

std::string header_comment(ConfigFile file) {
    if (file == ConfigFile::Main) {
        return "// TickStock's settings. What is not stated here has its default; what is stated "
               "here holds\n// over the files in channels/, TICKSTOCK__SECTION__KEY in the "
               "environment over both.\n// Comments like this one are allowed.\n";
    }
    std::string use;
    const bool production = file == ConfigFile::ProductionTick;
    if (production || file == ConfigFile::Tick) {
        use = fmt::format(" where {} is {}", tick_profile,
                          production ? "production_tick" : "default_tick");
    }
    return fmt::format("// The {} channel{}. A key that is absent has its default.\n",
                       channel_of(file), use);
}

}  // namespace

std::string default_file_text(ConfigFile file) {
    auto keyed = keyed_settings(file);
    if (file == ConfigFile::Main) {
        std::erase_if(keyed, [](const KeyedSetting& row) {
            return home_of(*row.setting, TickProfile::DefaultTick) != ConfigFile::Main;
        });
    }
    const auto profile =
        file == ConfigFile::ProductionTick ? TickProfile::ProductionTick : TickProfile::DefaultTick;
    return header_comment(file) + commented_json(key_tree(keyed), default_config(profile));
}

}  // namespace tickstock
