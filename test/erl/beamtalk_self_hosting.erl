%% Makes docs/self-hosting.md: of each class, which methods are Beamtalk, and how much Erlang stands behind the others.
%%
%% Counted is what a method is made of: the functions its primitives name, and what those call in their own module and in other modules for
%% primitives. What all primitives share, checks of arguments and error texts, is counted once, at the end.
-module(beamtalk_self_hosting).

-export([page/1, rows/1, surface/1, methods/1, root/0]).

-define(SHARED, [beamtalk_collection_ops, beamtalk_printer, beamtalk_error]).

-spec page(file:filename()) -> binary().
page(Root) ->
    Counted = [counted(Root, File) || File <- files(Root)],
    unicode:characters_to_binary([
        "<!-- Made from stdlib/src and src_erl by `make golden`. -->\n# Self-hosting\n\n"
        "How much of the library is written in Beamtalk. A method is *Beamtalk* when its body is source, *primitive* when it is an Erlang\n"
        "function, *intrinsic* when the compiler expands it in place and a function only serves `perform:` and its like.\n\n"
        "The last column counts the lines of the Erlang functions behind primitives and intrinsics, with what they call in their own\n"
        "module and in other `_ops` modules; a function that serves two classes counts for both. Functions of OTP count nothing.\n",
        [group(Group, Counted) || Group <- lists:usort([G || #{group := G} <- Counted])],
        "\n## All classes\n\n",
        head(), line("", "**all**", total(Counted)),
        "\n## What primitives share\n\n| module | lines of code |\n|---|---:|\n",
        [["| `", atom_to_list(M), "` | ", integer_to_list(code_lines(Root, M)), " |\n"] || M <- ?SHARED]
    ]).

group(Group, Counted) ->
    ["\n## ", Group, "\n\n", head(), [line("`", Class, C) || #{group := G, class := Class} = C <- Counted, G =:= Group]].

head() ->
    "| class | methods | Beamtalk | primitive | intrinsic | Erlang lines |\n|---|---:|---:|---:|---:|---:|\n".

line(Quote, Class, #{beamtalk := B, primitive := P, intrinsic := I, lines := L}) ->
    io_lib:format("| ~s~s~s | ~b | ~b | ~b | ~b | ~b |~n", [Quote, Class, Quote, B + P + I, B, P, I, L]).

total(Counted) ->
    Sum = fun(Key) -> lists:sum([maps:get(Key, C) || C <- Counted]) end,
    #{beamtalk => Sum(beamtalk), primitive => Sum(primitive), intrinsic => Sum(intrinsic), lines => Sum(lines)}.

%% @doc What the page must not let grow unnoticed.
-spec surface(file:filename()) -> #{primitive := integer(), intrinsic := integer(), lines := integer()}.
surface(Root) ->
    maps:with([primitive, intrinsic, lines], total([counted(Root, File) || File <- files(Root)])).

counted(Root, File) ->
    Class = filename:basename(File, ".bt"),
    Methods = methods(File),
    Kinds = [Kind || {_, _, Kind} <- Methods],
    Own = [{M, F, beamtalk_selector:arity(list_to_atom(S)) + 1} || {{_, C}, S, M, F} <- rows(Root), C =:= Class],
    Named = [{M, F, beamtalk_selector:arity(list_to_atom(S)) + 1} || {_, S, {intrinsic, Name}} <- Methods, {N, M, F} <- intrinsics(Root), N =:= Name],
    #{
        group => filename:basename(filename:dirname(File)),
        class => Class,
        beamtalk => length([K || K <- Kinds, K =:= beamtalk]),
        primitive => length([K || {primitive, _} = K <- Kinds]),
        intrinsic => length([K || {intrinsic, _} = K <- Kinds]),
        lines => lines_behind(Root, Own ++ Named)
    }.

%%% The texts.

-spec files(file:filename()) -> [file:filename()].
files(Root) -> filelib:wildcard(filename:join(Root, "stdlib/src/*/*.bt")).

%% @doc Side, selector and kind of each method, told by the line it begins with.
-spec methods(file:filename()) -> [{instance | class, string(), beamtalk | {primitive | intrinsic, string()}}].
methods(File) ->
    {ok, Text} = file:read_file(File),
    Found = matches(Text, "^  (?!//|state:|classState:)(\\S.*? =>)(.*)$"),
    [{side(Head), selector(Head), kind(Body)} || [Head, Body] <- Found].

side("class " ++ _) -> class;
side(_) -> instance.

kind(Body) ->
    case re:run(Body, "^ @(primitive|intrinsic) \"?([^\"\\s]+)", [{capture, all_but_first, list}]) of
        {match, [Kind, Name]} -> {list_to_atom(Kind), Name};
        nomatch -> beamtalk
    end.

%% Modifiers, types and the answer's type taken away: what is left are the parts of the selector and the names of parameters.
selector(Head) ->
    Bare = lists:foldl(fun(P, T) -> re:replace(T, P, "", [global, {return, list}]) end, Head, ["^((class|sealed) )+", " =>$", " -> \\S+$"]),
    case string:lexemes(Bare, " ") of
        [Only] -> Only;
        [First | _] = Words ->
            case lists:last(First) of
                $: -> lists:append(keywords(Words));
                _ -> First
            end
    end.

%% `at: index: Integer put: value': a name with a colon has a type behind it.
keywords([Part, Name | Rest]) ->
    case lists:last(Name) of
        $: -> [Part | keywords(tl(Rest))];
        _ -> [Part | keywords(Rest)]
    end;
keywords([]) ->
    [].

-spec rows(file:filename()) -> [{{string(), string()}, string(), module(), atom()}].
rows(Root) ->
    Pattern = "^    (instance|class)\\(\"(.*?)\", \"(.*?)\", \"(.*?)\", \"(.*?)\"\\),$",
    [{{Side, Class}, Selector, list_to_atom(M), list_to_atom(F)} || [Side, Class, Selector, M, F] <- table(Root, Pattern)].

intrinsics(Root) ->
    [{Name, list_to_atom(M), list_to_atom(F)} || [Name, M, F] <- table(Root, "^    named\\(\"(.*?)\", \"(.*?)\", \"(.*?)\"\\),$")].

table(Root, Pattern) ->
    {ok, Text} = file:read_file(filename:join(Root, "native/bt-hir/src/primitives.rs")),
    matches(Text, Pattern).

matches(Text, Pattern) ->
    case re:run(Text, Pattern, [global, multiline, unicode, {capture, all_but_first, list}]) of
        {match, Found} -> Found;
        nomatch -> []
    end.

%%% The Erlang behind them.

lines_behind(Root, Functions) ->
    reached(Root, Functions, #{}).

reached(Root, [{M, F, A} = Function | Rest], Seen) when not is_map_key(Function, Seen) ->
    case definitions(Root, M) of
        #{{F, A} := {Lines, Calls}} ->
            More = [{Module, G, B} || {Module, G, B} <- Calls, Module =:= M orelse serves_primitives(Module)],
            reached(Root, More ++ Rest, Seen#{Function => Lines});
        _ ->
            reached(Root, Rest, Seen)
    end;
reached(Root, [_ | Rest], Seen) ->
    reached(Root, Rest, Seen);
reached(_, [], Seen) ->
    lists:sum(maps:values(Seen)).

serves_primitives(Module) ->
    lists:suffix("_ops", atom_to_list(Module)) andalso not lists:member(Module, ?SHARED).

%% Lines and calls of each function of a module of the project, read once.
definitions(Root, Module) ->
    case get({?MODULE, Module}) of
        undefined ->
            Read = read(Root, filelib:wildcard(filename:join(Root, "src_erl/*/" ++ atom_to_list(Module) ++ ".erl"))),
            _ = put({?MODULE, Module}, Read),
            Read;
        Read ->
            Read
    end.

read(Root, [File]) ->
    {ok, Forms} = epp:parse_file(File, [{includes, [filename:join(Root, "include")]}]),
    [Module] = [M || {attribute, _, module, M} <- Forms],
    maps:from_list([{{F, A}, {span(Form), calls(Module, Form)}} || {function, _, F, A, _} = Form <- Forms]);
read(_, []) ->
    #{}.

span(Form) ->
    Lines = erl_parse:fold_anno(fun(Anno, Acc) -> [erl_anno:line(Anno) | Acc] end, [], Form),
    lists:max(Lines) - lists:min(Lines) + 1.

calls(Module, Term) -> lists:usort(calls(Module, Term, [])).

calls(Module, {call, _, {atom, _, F}, Args}, Acc) -> calls(Module, Args, [{Module, F, length(Args)} | Acc]);
calls(Module, {call, _, {remote, _, {atom, _, M}, {atom, _, F}}, Args}, Acc) -> calls(Module, Args, [{M, F, length(Args)} | Acc]);
calls(Module, {'fun', _, {function, F, A}}, Acc) when is_atom(F) -> [{Module, F, A} | Acc];
calls(Module, Tuple, Acc) when is_tuple(Tuple) -> calls(Module, tuple_to_list(Tuple), Acc);
calls(Module, [First | Rest], Acc) -> calls(Module, Rest, calls(Module, First, Acc));
calls(_, _, Acc) -> Acc.

code_lines(Root, Module) ->
    [File] = filelib:wildcard(filename:join(Root, "src_erl/*/" ++ atom_to_list(Module) ++ ".erl")),
    {ok, Text} = file:read_file(File),
    length([L || L <- re:split(Text, "\n"), re:run(L, "^\\s*(%|$)", [{capture, none}]) =:= nomatch]).

%% @doc The nearest directory above the working directory that holds the library.
-spec root() -> file:filename().
root() ->
    {ok, Here} = file:get_cwd(),
    root(Here).

root(Dir) ->
    case filelib:is_dir(filename:join(Dir, "stdlib/src")) of
        true -> Dir;
        false when Dir =/= "/" -> root(filename:dirname(Dir))
    end.
