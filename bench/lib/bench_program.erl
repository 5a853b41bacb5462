%%% @doc Brings the Beamtalk sources of `bench/programs' into the node.
%%%
%%% Every class there begins with `Bench'. The fast flavour is the same text with `Fast' in its place, compiled with the options of
%%% the prompt, so that both can be measured in turns.
-module(bench_program).

-export([flavours/0, target/2, load/2, load/3, object/3, source/1, core_options/1, file/1, out/1]).

-type flavour() :: full | fast.

%% @doc Both, with what is said of them. Targets are for the first.
-spec flavours() -> [{flavour(), Suffix :: string()}].
flavours() -> [{full, ""}, {fast, ", fast"}].

-spec target(flavour(), number()) -> bench:target().
target(full, Limit) -> {at_most, Limit};
target(fast, _) -> none.

%% @doc Compiles and loads a program; answers its module.
-spec load(string(), flavour()) -> module().
load(Program, Flavour) -> load(Program, Flavour, []).

%% @doc The same with other names replaced besides.
-spec load(string(), flavour(), [{string(), string()}]) -> module().
load(Program, Flavour, Replacements) ->
    Source = lists:foldl(fun replace/2, source(Program), Replacements ++ flavour_names(Flavour)),
    Options = #{core_options => core_options(Flavour), known_classes => beamtalk_class_index:known(), suppress_warnings => true},
    case beamtalk_compiler:load(Source, Options) of
        {ok, #{module := Module}} -> Module;
        {error, #{diagnostics := Found}} -> error({Program, [maps:with([message, line], D) || D <- Found]})
    end.

flavour_names(full) -> [];
flavour_names(fast) -> [{"Bench", "Fast"}].

replace({Old, New}, Text) -> iolist_to_binary(string:replace(Text, Old, New, all)).

%% @doc An instance of the class of a program.
-spec object(string(), flavour(), map()) -> term().
object(Class, Flavour, Fields) ->
    Name = lists:foldl(fun replace/2, list_to_binary(Class), flavour_names(Flavour)),
    beamtalk_message_dispatch:class1(binary_to_atom(Name), 'new:', Fields).

-spec source(string()) -> binary().
source(Program) ->
    {ok, Text} = file:read_file(file(filename:join("programs", Program ++ ".bt"))),
    Text.

-spec core_options(flavour()) -> beamtalk_core_compiler:options().
core_options(full) -> #{optimise => true};
core_options(fast) -> #{optimise => false}.

-spec file(string()) -> string().
file(Name) -> filename:join([os:getenv("BENCH_ROOT"), "bench", Name]).

%% @doc A file among the built ones.
-spec out(string()) -> string().
out(Name) -> filename:join(os:getenv("BENCH_OUT"), Name).
