%%% @doc Answers tools that ask a compiled class for its Core Erlang, so that Dialyzer can read it.
-module(beamtalk_debug_info).

%% Called by `beam_lib' and its users
-export([debug_info/4]).

-spec debug_info(atom(), module(), term(), [term()]) -> {ok, term()} | {error, unknown_format}.
debug_info(core_v1, _Module, Core, _Options) -> {ok, placed(Core)};
debug_info(_Format, _Module, _Core, _Options) -> {error, unknown_format}.

%% Dialyzer wants a file at every call. Calls that do not stand in the source (meta data, instantiation) have none, and get
%% the class's own with line 0.
placed(Core) ->
    Place = [0, {file, file(Core)}],
    cerl_trees:map(
        fun(Tree) ->
            case cerl:is_c_call(Tree) andalso cerl:get_ann(Tree) =:= [] of
                true -> cerl:set_ann(Tree, Place);
                false -> Tree
            end
        end,
        Core
    ).

%% The first file that is named; a source without a path names none.
file(Core) ->
    cerl_trees:fold(
        fun
            (Tree, "nofile") -> proplists:get_value(file, cerl:get_ann(Tree), "nofile");
            (_, File) -> File
        end,
        "nofile",
        Core
    ).
