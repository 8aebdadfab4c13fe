"""Who may open and press what: every address of the site × every person × GET and POST, as data.

How to read a row: the address's name; the case (which object the address is about, - where there is none); what each
person gets who opens it (GET); what each gets who sends the form there (POST). The columns, in their order:

    a  somebody without an account         r  纪委审核员
    x  a disabled account                  w  a 纪委审核员 who wrote in 总务处's tables as a clerk
    n  a person without any role           d  负责人 of 纪委办公室, a 纪委审核员 as well
    s  职工 of 总务处                      v  副组长
    c  填报员 of 总务处                    p  单位主要负责人
    h  负责人 of 总务处                    f  领导小组办公室
    l  分管领导 of 总务处                  m  系统管理员
    o  负责人 of another department        u  审计员

    V  let in: the page, or a message that says why nothing is done; nothing is written
    D  done: let in, and what was done or taken away stands in the audit trail
    G  led on to another page, which asks anew who may open it
    L  sent to the login      F  refused (403), and the refusal stands in the audit trail
    N  not there (404)        M  not to be asked this way (405)

Cases: D- is 总务处's table, O- the discipline office's own, S- the school's, L- the 校领导班子's (its posts are l's
and p's, the first point p's; another person of the office than f records the meeting); then where it stands: draft,
submitted, reviewed, in_force, past (a newer version is in force), discarded, returned (a draft again), revision (a
draft beside one in force), revised (that one in force), empty (not begun). What follows a slash stands in the
address: an act, a format.

A new address: add its rows here, what its form sends in bodies.py, and in world.py whatever its address is about.
"""

from dataclasses import dataclass

COLUMNS = {
    "a": "anonymous",
    "x": "disabled",
    "n": "outsider",
    "s": "staff",
    "c": "clerk",
    "h": "head",
    "l": "leader",
    "o": "other_head",
    "r": "reviewer",
    "w": "second_reviewer",
    "d": "discipline_head",
    "v": "deputy",
    "p": "principal",
    "f": "office",
    "m": "admin",
    "u": "auditor",
}
PEOPLE = tuple(COLUMNS.values())
# What the auditor's page says of a change is what was changed, which is what a trail is for: test_leaks passes it by.
TRAIL = "riskpoints:audit"
LETTERS = {"V", "D", "G", "L", "F", "N", "M"}

COMING_IN = """
#                                    ax nschlo rwdv pf mu    ax nschlo rwdv pf mu
healthz                   -          VV VVVVVV VVVV VV VV    MM MMMMMM MMMM MM MM
readyz                    -          VV VVVVVV VVVV VV VV    MM MMMMMM MMMM MM MM
inbox                     -          LL GGGGGG GGGG GG GG    LL VVVVVV VVVV VV VV
login                     -          VV GGGGGG GGGG GG GG    DV VVVVVV VVVV VV VV
logout                    -          MM MMMMMM MMMM MM MM    VV DDDDDD DDDD DD DD
password_change           -          LL VVVVVV VVVV VV VV    LL DDDDDD DDDD DD DD
password_change_done      -          LL VVVVVV VVVV VV VV    LL MMMMMM MMMM MM MM
login_code                -          LL LLLLLL LLLL LL LL    LL LLLLLL LLLL LL LL
own_account               -          LL VVVVVV VVVV VV VV    LL MMMMMM MMMM MM MM
own_calendar              -          LL VVVVVV VVVV VV VV    LL DDDDDD DDDD DD DD
own_mail                  -          LL VVVVVV VVVV VV VV    LL DDDDDD DDDD DD DD
sessions_end              -          LL MMMMMM MMMM MM MM    LL VVVVVV VVVV VV VV
kept_discard              -          LL MMMMMM MMMM MM MM    LL VVVVVV VVVV VV VV
session_end               -          LL MMMMMM MMMM MM MM    LL VVVVVV VVVV VV VV
code_setup                -          LL VVVVVV VVVV VV VV    LL VVVVVV VVVV VV VV
code_picture              -          LL NNNNNN NNNN NN NN    LL MMMMMM MMMM MM MM
code_recovery             -          LL GGGGGG GGGG GG GG    LL VVVVVV VVVV VV VV
code_remove               -          LL GGGGGG GGGG GG GG    LL VVVVVV VVVV VV VV
notices                   -          LL VVVVVV VVVV VV VV    LL MMMMMM MMMM MM MM
notice_read               -          LL MMMMMM MMMM MM MM    LL NNNNNN DDDN NN NN
"""

ORGANISATION = """
#                                    ax nschlo rwdv pf mu    ax nschlo rwdv pf mu
departments:index            -       LL FFFFFF VVVF VV VF    LL FFFFFF VVVF VV VF
departments:department       -       LL FFFFFF VVVF VV VF    LL FFFFFF VVVF VV VF
departments:functions        -       LL FFFFFF VVVF VV VF    LL FFFFFF VVVF VV VF
departments:post_functions   -       LL FFFFFF VVVF VV VF    LL FFFFFF VVVF VV VF
departments:post_functions_edit -    LL FFFFFF VVVF FF FF    LL FFFFFF DDDF FF FF
departments:groups           -       LL FFFFFF VVVF VV VF    LL FFFFFF VVVF VV VF
departments:group            -       LL FFFFFF VVVF VV VF    LL FFFFFF VVVF VV VF
departments:school           -       LL FFFFFF VVVF VV VF    LL FFFFFF VVVF VV VF
departments:import           -       LL FFFFFF FFFF FF VF    LL FFFFFF FFFF FF VF
departments:import_save      -       LL FFFFFF FFFF FF GF    LL FFFFFF FFFF FF DF
departments:import_blank     -       LL FFFFFF FFFF FF DF    LL MMMMMM MMMM MM MM
departments:import_existing  -       LL FFFFFF FFFF FF DF    LL MMMMMM MMMM MM MM
departments:new_slips        -       LL MMMMMM MMMM MM MM    LL FFFFFF FFFF FF VF
departments:terms            -       LL FFFFFF VVVF VV VF    LL FFFFFF VVVF VV VF
departments:term_new         -       LL FFFFFF FFFF FF VF    LL FFFFFF FFFF FF DF
departments:term_edit        -       LL FFFFFF FFFF FF VF    LL FFFFFF FFFF FF DF
departments:rights           -       LL FFFFFF VVVF VV VF    LL MMMMMM MMMM MM MM
departments:department_new   -       LL FFFFFF FFFF FF VF    LL FFFFFF FFFF FF DF
departments:department_edit  -       LL FFFFFF FFFF FF VF    LL FFFFFF FFFF FF DF
departments:department_close -       LL FFFFFF FFFF FF VF    LL FFFFFF FFFF FF DF
departments:post_new         -       LL FFFFFF FFFF FF VF    LL FFFFFF FFFF FF DF
departments:post_edit        -       LL FFFFFF FFFF FF VF    LL FFFFFF FFFF FF DF
departments:school_edit      -       LL FFFFFF FFFF FF VF    LL FFFFFF FFFF FF DF
departments:group_new        -       LL FFFFFF FFFF FF VF    LL FFFFFF FFFF FF DF
departments:group_edit       -       LL FFFFFF FFFF FF VF    LL FFFFFF FFFF FF DF
departments:accounts         -       LL FFFFFF FFFF FF VF    LL FFFFFF FFFF FF VF
departments:account_new      -       LL FFFFFF FFFF FF VF    LL FFFFFF FFFF FF DF
departments:account          -       LL FFFFFF FFFF FF VF    LL FFFFFF FFFF FF DF
departments:grant            -       LL MMMMMM MMMM MM MM    LL FFFFFF FFFF FF DF
departments:revoke           -       LL MMMMMM MMMM MM MM    LL FFFFFF FFFF FF DF
departments:set_active       -       LL MMMMMM MMMM MM MM    LL FFFFFF FFFF FF DF
departments:reset_password   -       LL MMMMMM MMMM MM MM    LL FFFFFF FFFF FF DF
departments:remove_code      -       LL MMMMMM MMMM MM MM    LL FFFFFF FFFF FF VF
departments:remove_code     -/device LL MMMMMM MMMM MM MM    LL FFFFFF FFFF FF DF
departments:function_new     -       LL FFFFFF VVVF FF FF    LL FFFFFF DDDF FF FF
departments:function_edit    own     LL FFFFFF VVVF FF FF    LL FFFFFF DDDF FF FF
departments:function_edit   document LL FFFFFF FFFF FF FF    LL FFFFFF FFFF FF FF
"""

# What everybody or a few may read of the whole.
READING = """
#                                    ax nschlo rwdv pf mu    ax nschlo rwdv pf mu
riskpoints:calendar          -       NN NNNNNN NNNN NN NN    MM MMMMMM MMMM MM MM
riskpoints:inbox             -       LL VVVVVV VVVV VV VV    LL VVVVVV VVVV VV VV
riskpoints:set_up            -       LL FFFFFF VVVF VV VF    LL MMMMMM MMMM MM MM
riskpoints:mine              -       LL VVGGGV VVGV GV VV    LL MMMMMM MMMM MM MM
riskpoints:blank             -       LL DDDDDD DDDD DD DD    LL MMMMMM MMMM MM MM
riskpoints:code              -       VV VVVVVV VVVV VV VV    MM MMMMMM MMMM MM MM
riskpoints:code_scanned      -       GG GGGGGG GGGG GG GG    MM MMMMMM MMMM MM MM
riskpoints:register          -       LL FVVVVV VVVF VV VF    LL MMMMMM MMMM MM MM
riskpoints:register_export   -/xlsx  LL FDDDDD DDDF DD DF    LL MMMMMM MMMM MM MM
riskpoints:register_export   -/pdf   LL FDDDDD DDDF DD DF    LL MMMMMM MMMM MM MM
riskpoints:exports           -       LL VVVVVV VVVV VV VV    LL MMMMMM MMMM MM MM
riskpoints:export_file       -       LL GGGGGG GGGG GD GG    LL MMMMMM MMMM MM MM
riskpoints:export_remove     -       LL GGGGGG GGGG GG GG    LL VVVVVV VVVV VD VV
riskpoints:duties            -       LL FVVVVV VVVF VV VF    LL MMMMMM MMMM MM MM
riskpoints:duties_export     -/xlsx  LL FDDDDD DDDF DD DF    LL MMMMMM MMMM MM MM
riskpoints:duties_export     -/pdf   LL FDDDDD DDDF DD DF    LL MMMMMM MMMM MM MM
riskpoints:year_changes      -       LL FFFVVV VVVF VV FF    LL MMMMMM MMMM MM MM
riskpoints:year_changes_export -/xlsx LL FFFDDG DDDF DD FF    LL MMMMMM MMMM MM MM
riskpoints:year_changes_export -/pdf LL FFFDDG DDDF DD FF    LL MMMMMM MMMM MM MM
riskpoints:charge            -       LL FFFFVF FFFF VF FF    LL MMMMMM MMMM MM MM
riskpoints:progress          -       LL FFFFVF VVVF VV FF    LL MMMMMM MMMM MM MM
riskpoints:group_pdf         -       LL FFFFFF DDDF DD DF    LL MMMMMM MMMM MM MM
riskpoints:signatures        -       LL FFFFFF VVVF VV FV    LL MMMMMM MMMM MM MM
riskpoints:sorting           -       LL FFFFFF FFFF FV FF    LL FFFFFF FFFF FD FF
riskpoints:sorting_save      -       LL FFFFFF FFFF FG FF    LL FFFFFF FFFF FD FF
riskpoints:sorting_discard   -       LL FFFFFF FFFF FG FF    LL FFFFFF FFFF FD FF
riskpoints:sorting_page      -       LL FFFFFF FFFF FV FF    LL MMMMMM MMMM MM MM
riskpoints:together          -       LL VVVVVV VVVV VV VV    LL MMMMMM MMMM MM MM
riskpoints:together_print    -       LL GGGGGG GGGG GG GG    LL VVVVVV VVVV DD VV
riskpoints:together_confirm  -       LL GGGGGG GGGG GG GG    LL VVVVVV VVVV DV VV
riskpoints:audit             -       LL FFFFFF FFFF FF FV    LL MMMMMM MMMM MM MM
riskpoints:audit_verify      -       LL MMMMMM MMMM MM MM    LL FFFFFF FFFF FF FD
riskpoints:help              -       VV VVVVVV VVVV VV VV    MM MMMMMM MMMM MM MM
riskpoints:help_page         -/public VV VVVVVV VVVV VV VV   MM MMMMMM MMMM MM MM
riskpoints:help_page         -/head  LL VVVVVV VVVV VV VV    MM MMMMMM MMMM MM MM
riskpoints:help_page         -/nobody NN NNNNNN NNNN NN NN   MM MMMMMM MMMM MM MM
riskpoints:publication       -       VV VVVVVV VVVV VV VV    MM MMMMMM MMMM MM MM
riskpoints:publication_table  D-in_force  VV VVVVVV VVVV VV VV  MM MMMMMM MMMM MM MM
riskpoints:publication_table  S-in_force  VV VVVVVV VVVV VV VV  MM MMMMMM MMMM MM MM
riskpoints:publication_table  D-past      NN NNNNNN NNNN NN NN  MM MMMMMM MMMM MM MM
riskpoints:publication_table  D-reviewed  NN NNNNNN NNNN NN NN  MM MMMMMM MMMM MM MM
riskpoints:publication_table  D-submitted NN NNNNNN NNNN NN NN  MM MMMMMM MMMM MM MM
riskpoints:publication_table  D-draft     NN NNNNNN NNNN NN NN  MM MMMMMM MMMM MM MM
riskpoints:publication_notice D-in_force  VV DDDDDD DDDD DD DD  MM MMMMMM MMMM MM MM
riskpoints:publication_notice D-reviewed  NN NNNNNN NNNN NN NN  MM MMMMMM MMMM MM MM
riskpoints:publication_notice D-draft     NN NNNNNN NNNN NN NN  MM MMMMMM MMMM MM MM
"""

# What people say to each other's tables (R70), and the public to what is published (R33).
SAYING = """
#                                    ax nschlo rwdv pf mu    ax nschlo rwdv pf mu
participation:index          -       LL FGGGGG GGGG GG FF    LL MMMMMM MMMM MM MM
participation:received       -       LL FFVVVV FFVF VF FF    LL MMMMMM MMMM MM MM
participation:sent           -       LL FVVVVV VVVF VV FF    LL MMMMMM MMMM MM MM
participation:every          -       LL FFFFFF VVVF FV FF    LL MMMMMM MMMM MM MM
participation:opinions       -       LL FFFFFF VVVV VV FF    LL MMMMMM MMMM MM MM
participation:figures        -       LL FFFVFV VVVF VV FF    LL MMMMMM MMMM MM MM
participation:figures_paper  -       LL FFFDFD DDDF DD FF    LL MMMMMM MMMM MM MM
participation:cooperation    -       LL FVVVFF VVVF FV FF    LL MMMMMM MMMM MM MM
participation:co_point  -/cooperation LL NVVVNN VVVN NV NN   LL NFFDNN FFFN NF NN
participation:propose        -       LL FVVVVV VVVF VV FF    LL FDDDDD DDDF DD FF
participation:proposal       -       LL NNVVNV VVVN NV NN    LL MMMMMM MMMM MM MM
participation:accept         -       LL MMMMMM MMMM MM MM    LL NNFDNF FFFN NF NN
participation:decline        -       LL MMMMMM MMMM MM MM    LL NNFDNF FFFN NF NN
participation:prepare        -       LL MMMMMM MMMM MM MM    LL NNDFNF FFFN NF NN
participation:withdraw       -       LL MMMMMM MMMM MM MM    LL NNFFND FFFN NF NN
participation:opinion        -       LL FFFFFF VVVV VV FF    LL FFFFFF FFFF FD FF
participation:correct        -       LL FFFFFF FFFF FG FF    LL FFFFFF FFFF FV FF
participation:bulk           -       LL MMMMMM MMMM MM MM    LL FFFFFF FFFF FD FF
participation:refer          -       LL FFFFFF VVVF FV FF    LL FFFFFF DDDF FD FF
participation:petition       -       LL FFFFFF GGGF FF FF    LL FFFFFF VVVF FF FF
participation:objection      -       LL FFFFFF VVVV VV FF    LL FFFFFF DFDF FF FF
participation:periods        -       LL FFFFFF VVVV VV FF    LL FFFFFF FFFF FV FF
participation:period         -       LL FFFFFF VVVV VV FF    LL FFFFFF FFFF FD FF
participation:period_result  -       LL FFFFFF NNNN NN FF    LL MMMMMM MMMM MM MM
participation:send       D-in_force  VV VVVVVV VVVV VV VV    DD DDDDDD DDDD DD DD
participation:send       D-reviewed  NN NNNNNN NNNN NN NN    NN NNNNNN NNNN NN NN
participation:send       D-draft     NN NNNNNN NNNN NN NN    NN NNNNNN NNNN NN NN
participation:receipt        -       VV VVVVVV VVVV VV VV    MM MMMMMM MMMM MM MM
"""

# The library of typical risks: read by who fills in and who reviews, kept by the committee.
LIBRARY = """
#                                    ax nschlo rwdv pf mu    ax nschlo rwdv pf mu
library:index                -       LL FFVVVV VVVF VV FF    LL MMMMMM MMMM MM MM
library:export               -       LL FFDDDD DDDF DD FF    LL MMMMMM MMMM MM MM
library:questions            -       LL FFVVVV VVVF VV FF    LL MMMMMM MMMM MM MM
library:question_form        -/duty  LL FFFFFF VVVF FF FF    LL FFFFFF DDDF FF FF
library:add                  -       LL FFFFFF VVVF FF FF    LL FFFFFF DDDF FF FF
library:change               -       LL FFFFFF VVVF FF FF    LL FFFFFF DDDF FF FF
library:activate             -       LL MMMMMM MMMM MM MM    LL FFFFFF DDDF FF FF
library:pick           D-draft       LL NNVVNN NNNN NN NN    LL MMMMMM MMMM MM MM
library:pick           S-draft       LL NNNNNN NNNN NV NN    LL MMMMMM MMMM MM MM
library:pick           D-in_force    LL NFGGFN FFFF FF FN    LL MMMMMM MMMM MM MM
library:missing        D-draft       LL NNVVNN NNNN NN NN    LL NNDDNN NNNN NN NN
library:missing        D-in_force    LL NFGGFN FFFF FF FN    LL NFVVFN FFFF FF FN
library:withdraw       D-draft       LL GGGGGG GGGG GG GG    LL NNVVNN NNNN NN NN
library:import               -       LL FFFFFF VVVF FF FF    LL FFFFFF VVVF FF FF
library:import_save          -       LL FFFFFF GGGF FF FF    LL FFFFFF DDDF FF FF
"""

# What departments may do, and how: P-… is a power of 总务处, O-submitted one of the discipline office, P-closed a draft
# of a department that 教务处 took over.
POWERS = """
#                                    ax nschlo rwdv pf mu    ax nschlo rwdv pf mu
powers:index                 -       LL FVVVVV VVVV VV VF    LL MMMMMM MMMM MM MM
powers:public                -       VV VVVVVV VVVV VV VV    MM MMMMMM MMMM MM MM
powers:catalogue             -/pdf   LL FDDDDD DDDD DD DF    LL MMMMMM MMMM MM MM
powers:catalogue             -/xlsx  LL FDDDDD DDDD DD DF    LL MMMMMM MMMM MM MM
powers:catalogue             -/exe   LL NNNNNN NNNN NN NN    LL MMMMMM MMMM MM MM
powers:flows                 -       LL FDDDDD DDDD DD DF    LL MMMMMM MMMM MM MM
powers:new                   -       LL NNVVNN NNNN NN NN    LL NNDDNN NNNN NN NN
powers:import                -       LL NNVVNN NNNN NN NN    LL NNVVNN NNNN NN NN
powers:import_save           -       LL NNGGNN NNNN NN NN    LL NNDDNN NNNN NN NN
powers:import_template       -       LL NNDDNN NNNN NN NN    LL MMMMMM MMMM MM MM
powers:power            P-filed      LL FVVVVV VVVV VV VF    LL MMMMMM MMMM MM MM
powers:power            P-draft      LL FNVVNN NNNN NN NF    LL MMMMMM MMMM MM MM
powers:power            P-submitted  LL FNVVNN VVVN NN NF    LL MMMMMM MMMM MM MM
powers:power            O-submitted  LL FNNNNN VVVV NN NF    LL MMMMMM MMMM MM MM
powers:power            P-closed     LL FNNNNV NNNN NN NF    LL MMMMMM MMMM MM MM
powers:edit             P-draft      LL FNVVNN NNNN NN NF    LL FNDDNN NNNN NN NF
powers:edit             P-filed      LL FFGGFF FFFF FF FF    LL FFVVFF FFFF FF FF
powers:chart            P-draft      LL FNVVNN NNNN NN NF    LL FNDDNN NNNN NN NF
powers:uploaded         P-filed      LL FDDDDD DDDD DD DF    LL MMMMMM MMMM MM MM
powers:flow             P-filed      LL FDDDDD DDDD DD DF    LL MMMMMM MMMM MM MM
powers:flow             P-draft      LL FNDDNN NNNN NN NF    LL MMMMMM MMMM MM MM
powers:act      P-draft/submit       LL MMMMMM MMMM MM MM    LL FNFDNN NNNN NN NF
powers:act      P-draft/discard      LL MMMMMM MMMM MM MM    LL FNFDNN NNNN NN NF
powers:act      P-submitted/recall   LL MMMMMM MMMM MM MM    LL FNFDNN FFFN NN NF
powers:act      P-submitted/file     LL MMMMMM MMMM MM MM    LL FNFFNN DFDN NN NF
powers:act      P-submitted/return   LL MMMMMM MMMM MM MM    LL FNFFNN DFDN NN NF
powers:act      O-submitted/file     LL MMMMMM MMMM MM MM    LL FNNNNN FFFD NN NF
powers:act      O-submitted/return   LL MMMMMM MMMM MM MM    LL FNNNNN FFFD NN NF
powers:act      P-filed/revise       LL MMMMMM MMMM MM MM    LL FFDDFF FFFF FF FF
powers:act      P-filed/retire       LL MMMMMM MMMM MM MM    LL FFFFFF DDDF FF FF
powers:act      P-filed/publish      LL MMMMMM MMMM MM MM    LL FFFFFF DDDF FF FF
powers:act      P-closed/take_over   LL MMMMMM MMMM MM MM    LL FNNNND NNNN NN NF
powers:act      P-filed/unknown      LL MMMMMM MMMM MM MM    LL NNNNNN NNNN NN NN
"""

# What measures rest on: R-school is a 校级 regulation, R-own one of 总务处, R-draft one that 总务处 drafts.
REGULATIONS = """
#                                    ax nschlo rwdv pf mu    ax nschlo rwdv pf mu
regulations:index            -       LL VVVVVV VVVV VV VV    LL MMMMMM MMMM MM MM
regulations:plan             -       LL VVVVVV VVVV VV VV    LL MMMMMM MMMM MM MM
regulations:plan_export      -/pdf   LL DDDDDD DDDD DD DD    LL MMMMMM MMMM MM MM
regulations:plan_export      -/xlsx  LL DDDDDD DDDD DD DD    LL MMMMMM MMMM MM MM
regulations:plan_export      -/exe   LL NNNNNN NNNN NN NN    LL MMMMMM MMMM MM MM
regulations:new              -       LL FFVVFV FFVF FV FF    LL FFDDFD FFDF FD FF
regulations:page         R-school    LL VVVVVV VVVV VV VV    LL MMMMMM MMMM MM MM
regulations:edit         R-school    LL FFFFFF FFFF FV FF    LL FFFFFF FFFF FD FF
regulations:edit         R-own       LL FFFVFF FFFF FF FF    LL FFFDFF FFFF FF FF
regulations:edit         R-draft     LL FFVVFF FFFF FF FF    LL FFDDFF FFFF FF FF
regulations:act      R-school/revise LL FFFFFF FFFF FV FF    LL FFFFFF FFFF FD FF
regulations:act      R-own/repeal    LL FFFVFF FFFF FF FF    LL FFFDFF FFFF FF FF
regulations:act      R-draft/adopt   LL FFFVFF FFFF FF FF    LL FFFDFF FFFF FF FF
regulations:act      R-own/unknown   LL NNNNNN NNNN NN NN    LL NNNNNN NNNN NN NN
regulations:decide       R-school    LL FFFFFF FFFF FV FF    LL FFFFFF FFFF FD FF
regulations:decide       R-own       LL FFFVFF FFFF FF FF    LL FFFDFF FFFF FF FF
regulations:check        R-school    LL FFFFFF VVVF FV FF    LL FFFFFF DDDF FD FF
regulations:check        R-own       LL FFFFFF FFFF FF FF    LL FFFFFF FFFF FF FF
regulations:file_new     R-school    LL FFFFFF FFFF FV FF    LL FFFFFF FFFF FD FF
regulations:file         R-school    LL DDDDDD DDDD DD DD    LL MMMMMM MMMM MM MM
regulations:file_replace R-school    LL FFFFFF FFFF FV FF    LL FFFFFF FFFF FD FF
"""

# What the school decides for itself where the document is silent.
RULES = """
#                                    ax nschlo rwdv pf mu    ax nschlo rwdv pf mu
rules:index                  -       LL VVVVVV VVVV VV VV    LL MMMMMM MMMM MM MM
rules:calendar               -       LL VVVVVV VVVV VV VV    LL FFFFFF FFFF FD FF
rules:rule    -/publication.days     LL FFFFFF FFFF FV FF    LL FFFFFF FFFF FD FF
"""

YEARS = """
#                                    ax nschlo rwdv pf mu    ax nschlo rwdv pf mu
riskpoints:years             -       LL FFFFFF FFFF FV VF    LL MMMMMM MMMM MM MM
riskpoints:year_open         -       LL FFFFFF FFFF FV FF    LL FFFFFF FFFF FD FF
riskpoints:year_open_historical -    LL FFFFFF FFFF FV FF    LL FFFFFF FFFF FD FF
riskpoints:year_withdraw     empty   LL MMMMMM MMMM MM MM    LL FFFFFF FFFF FD FF
riskpoints:year_withdraw     draft   LL MMMMMM MMMM MM MM    LL FFFFFF FFFF FV FF
riskpoints:inherited         D-draft LL NNVVNN NNNN NN NN    LL NNVVNN NNNN NN NN
riskpoints:table_remove      D-draft LL FFFFFF FFFF FV FF    LL FFFFFF FFFF FV FF
riskpoints:year_dates        draft   LL FFFFFF FFFF FV FF    LL FFFFFF FFFF FD FF
riskpoints:year_close        revision LL FFFFFF FFFF FV FF   LL FFFFFF FFFF FD FF
riskpoints:year_close        reviewed LL FFFFFF FFFF FV FF   LL FFFFFF FFFF FV FF
riskpoints:year_add_table draft/other LL MMMMMM MMMM MM MM    LL FFFFFF FFFF FD FF
riskpoints:year_record       in_force LL FFFFFF FFFF FV FF   LL MMMMMM MMMM MM MM
riskpoints:year_record       draft   LL FFFFFF FFFF FN FF    LL MMMMMM MMMM MM MM
riskpoints:record      in_force/other LL FFFFFF FFFF FV FF   LL FFFFFF FFFF FD FF
riskpoints:record            in_force LL FFFFFF FFFF FN FF   LL FFFFFF FFFF FN FF
riskpoints:archive_start    in_force LL FFFFFF FFFF FF GF    LL FFFFFF FFFF FF DF
riskpoints:archive_status    -       LL FFFFFF FFFF FF GF    LL MMMMMM MMMM MM MM
riskpoints:archive_download  -       LL FFFFFF FFFF FF DF    LL MMMMMM MMMM MM MM
riskpoints:archive_verify    -       LL FFFFFF FFFF FF GF    LL FFFFFF FFFF FF DF
"""

# One version: who may open it depends on where it stands.
OPENING = """
#                                    ax nschlo rwdv pf mu    ax nschlo rwdv pf mu
riskpoints:version  D-draft          LL NNVVNN NNNN NN NN    LL MMMMMM MMMM MM MM
riskpoints:version  D-submitted      LL NNVVVN VVVN NN NN    LL MMMMMM MMMM MM MM
riskpoints:version  D-reviewed       LL NNVVVN VVVN VV NN    LL MMMMMM MMMM MM MM
riskpoints:version  D-in_force       LL NVVVVN VVVV VV VN    LL MMMMMM MMMM MM MM
riskpoints:version  D-past           LL NNVVVN VVVN VV NN    LL MMMMMM MMMM MM MM
riskpoints:version  D-discarded      LL NNVVNN NNNN NN NN    LL MMMMMM MMMM MM MM
riskpoints:version  D-returned       LL NNVVNN NNNN NN NN    LL MMMMMM MMMM MM MM
riskpoints:version  D-revision       LL NNVVNN NNNN NN NN    LL MMMMMM MMMM MM MM
riskpoints:version  D-revised        LL NVVVVN VVVV VV VN    LL MMMMMM MMMM MM MM
riskpoints:version  O-draft          LL NNNNNN NNVN NN NN    LL MMMMMM MMMM MM MM
riskpoints:version  O-submitted      LL NNNNNN VVVV NN NN    LL MMMMMM MMMM MM MM
riskpoints:version  O-reviewed       LL NNNNNN VVVV VV NN    LL MMMMMM MMMM MM MM
riskpoints:version  O-in_force       LL NNNNVN VVVV VV VN    LL MMMMMM MMMM MM MM
riskpoints:version  S-draft          LL NNNNNN NNNN NV NN    LL MMMMMM MMMM MM MM
riskpoints:version  S-submitted      LL NNNNNN VVVN NV NN    LL MMMMMM MMMM MM MM
riskpoints:version  S-reviewed       LL NNNNNN VVVN VV NN    LL MMMMMM MMMM MM MM
riskpoints:version  S-in_force       LL NNNNVN VVVV VV VN    LL MMMMMM MMMM MM MM
riskpoints:version  L-draft          LL NNNNVN NNNN VV NN    LL MMMMMM MMMM MM MM
riskpoints:version  L-submitted      LL NNNNVN VVVN VV NN    LL MMMMMM MMMM MM MM
riskpoints:version  L-reviewed       LL NNNNVN VVVN VV NN    LL MMMMMM MMMM MM MM
riskpoints:version  L-in_force       LL NNNNVN VVVV VV VN    LL MMMMMM MMMM MM MM
riskpoints:print    D-draft/xlsx     LL NNDDNN NNNN NN NN    LL MMMMMM MMMM MM MM
riskpoints:print    D-submitted/xlsx LL NNDDDN DDDN NN NN    LL MMMMMM MMMM MM MM
riskpoints:print    D-reviewed/xlsx  LL NNDDDN DDDN DD NN    LL MMMMMM MMMM MM MM
riskpoints:print    D-in_force/pdf   LL NDDDDN DDDD DD DN    LL MMMMMM MMMM MM MM
riskpoints:print    D-draft/docx     LL NNDDNN NNNN NN NN    LL MMMMMM MMMM MM MM
riskpoints:print    D-in_force/docx  LL NDDDDN DDDD DD DN    LL MMMMMM MMMM MM MM
riskpoints:print    D-in_force/exe   LL NNNNNN NNNN NN NN    LL MMMMMM MMMM MM MM
riskpoints:print    D-past/xlsx      LL NNDDDN DDDN DD NN    LL MMMMMM MMMM MM MM
riskpoints:print    D-discarded/xlsx LL NNDDNN NNNN NN NN    LL MMMMMM MMMM MM MM
riskpoints:print    D-revision/xlsx  LL NNDDNN NNNN NN NN    LL MMMMMM MMMM MM MM
riskpoints:print    O-draft/xlsx     LL NNNNNN NNDN NN NN    LL MMMMMM MMMM MM MM
riskpoints:print    O-submitted/xlsx LL NNNNNN DDDD NN NN    LL MMMMMM MMMM MM MM
riskpoints:print    S-draft/xlsx     LL NNNNNN NNNN ND NN    LL MMMMMM MMMM MM MM
riskpoints:print    S-in_force/pdf   LL NNNNDN DDDD DD DN    LL MMMMMM MMMM MM MM
riskpoints:year_tables  in_force     LL FFFFDF DDDF DD FF    LL MMMMMM MMMM MM MM
riskpoints:year_tables  draft        LL FFFFGF GGGF GG FF    LL MMMMMM MMMM MM MM
riskpoints:progress_list in_force/pdf  LL FFFFDF DDDF DD FF  LL MMMMMM MMMM MM MM
riskpoints:progress_list in_force/xlsx LL FFFFDF DDDF DD FF  LL MMMMMM MMMM MM MM
riskpoints:gaps_list     in_force/xlsx LL FFFFDF DDDF DD FF  LL MMMMMM MMMM MM MM
riskpoints:progress_list in_force/exe  LL FFFFNF NNNF NN FF  LL MMMMMM MMMM MM MM
riskpoints:meeting_blank L-reviewed  LL NNNNDN DDDN DD NN    LL MMMMMM MMMM MM MM
riskpoints:post_sheets D-draft       LL NNDDNN NNNN NN NN    LL MMMMMM MMMM MM MM
riskpoints:post_sheets D-submitted   LL NNDDDN DDDN NN NN    LL MMMMMM MMMM MM MM
riskpoints:post_sheets D-in_force    LL NDDDDN DDDD DD DN    LL MMMMMM MMMM MM MM
riskpoints:post_sheets D-past        LL NNDDDN DDDN DD NN    LL MMMMMM MMMM MM MM
riskpoints:post_sheets O-submitted   LL NNNNNN DDDD NN NN    LL MMMMMM MMMM MM MM
riskpoints:post_sheets S-in_force    LL NNNNNN NNNN NN NN    LL MMMMMM MMMM MM MM
riskpoints:post_sheet  D-draft       LL NNDDNN NNNN NN NN    LL MMMMMM MMMM MM MM
riskpoints:post_sheet  D-in_force    LL NDDDDN DDDD DD DN    LL MMMMMM MMMM MM MM
riskpoints:post_sheet  O-in_force    LL NNNNNN NNNN NN NN    LL MMMMMM MMMM MM MM
riskpoints:department_sheets -       LL GDDDDG DDDD DD DG    LL MMMMMM MMMM MM MM
riskpoints:department_sheet  -       LL GDDDDG DDDD DD DG    LL MMMMMM MMMM MM MM
riskpoints:scan     D-in_force       LL NNDDDN DDDN DD NN    LL MMMMMM MMMM MM MM
riskpoints:scan     D-past           LL NNDDDN DDDN DD NN    LL MMMMMM MMMM MM MM
riskpoints:scan_add D-in_force       LL GGGGGG GGGG GG GG    LL NFFFFN FFFF FD FN
riskpoints:scan_add D-past           LL GGGGGG GGGG GG GG    LL NNFFFN FFFN FD NN
riskpoints:scan_add D-reviewed       LL GGGGGG GGGG GG GG    LL NNFFFN FFFN FF NN
riskpoints:scan_replace D-in_force   LL NFFFFN FFFF FV FN    LL NFFFFN FFFF FD FN
riskpoints:scan_replace D-reviewed   LL NNFFFN FFFN FF NN    LL NNFFFN FFFN FF NN
riskpoints:scan_add D-draft          LL GGGGGG GGGG GG GG    LL NNFFNN NNNN NN NN
riskpoints:history  D-draft          LL NNVVNN NNNN NN NN    LL MMMMMM MMMM MM MM
riskpoints:history  D-submitted      LL NNVVVN VVVN NN NN    LL MMMMMM MMMM MM MM
riskpoints:history  D-reviewed       LL NNVVVN VVVN VV NN    LL MMMMMM MMMM MM MM
riskpoints:history  D-in_force       LL NVVVVN VVVV VV VN    LL MMMMMM MMMM MM MM
riskpoints:history  D-empty          LL NNVVNN NNNN NN NN    LL MMMMMM MMMM MM MM
riskpoints:history  O-submitted      LL NNNNNN VVVV NN NN    LL MMMMMM MMMM MM MM
riskpoints:history  S-draft          LL NNNNNN NNNN NV NN    LL MMMMMM MMMM MM MM
"""

# Filling in: the department's own people, and only a draft. Whoever sees a table without filling it in is refused.
FILLING = """
#                                        ax nschlo rwdv pf mu    ax nschlo rwdv pf mu
riskpoints:start          D-empty        LL GGGGGG GGGG GG GG    LL NNDDNN NNNN NN NN
riskpoints:start          D-in_force     LL GGGGGG GGGG GG GG    LL NNVVNN NNNN NN NN
riskpoints:source         D-draft        LL NNVVNN NNNN NN NN    LL MMMMMM MMMM MM MM
riskpoints:source         D-submitted    LL NNGGFN FFFN NN NN    LL MMMMMM MMMM MM MM
riskpoints:source_choose  D-draft        LL GGGGGG GGGG GG GG    LL NNDDNN NNNN NN NN
riskpoints:source_choose  D-submitted    LL GGGGGG GGGG GG GG    LL NNVVFN FFFN NN NN
riskpoints:head           D-draft        LL GGGGGG GGGG GG GG    LL NNDDNN NNNN NN NN
riskpoints:head           D-submitted    LL GGGGGG GGGG GG GG    LL NNVVFN FFFN NN NN
riskpoints:head           D-reviewed     LL GGGGGG GGGG GG GG    LL NNVVFN FFFN FF NN
riskpoints:head           D-in_force     LL GGGGGG GGGG GG GG    LL NFVVFN FFFF FF FN
riskpoints:head           O-draft        LL GGGGGG GGGG GG GG    LL NNNNNN NNDN NN NN
riskpoints:head           S-draft        LL GGGGGG GGGG GG GG    LL NNNNNN NNNN ND NN
riskpoints:head           L-draft        LL GGGGGG GGGG GG GG    LL NNNNFN NNNN FD NN
riskpoints:head           S-submitted    LL GGGGGG GGGG GG GG    LL NNNNNN FFFN NV NN
riskpoints:point_new      D-draft        LL GGGGGG GGGG GG GG    LL NNDDNN NNNN NN NN
riskpoints:point_new      D-revision     LL GGGGGG GGGG GG GG    LL NNDDNN NNNN NN NN
riskpoints:point_new      D-submitted    LL GGGGGG GGGG GG GG    LL NNVVFN FFFN NN NN
riskpoints:point_new      D-in_force     LL GGGGGG GGGG GG GG    LL NFVVFN FFFF FF FN
riskpoints:point_new      S-draft        LL GGGGGG GGGG GG GG    LL NNNNNN NNNN ND NN
riskpoints:point          L-draft        LL GGGGGG GGGG GG GG    LL NNNNFN NNNN DF NN
riskpoints:point          D-draft        LL GGGGGG GGGG GG GG    LL NNDDNN NNNN NN NN
riskpoints:point          D-submitted    LL GGGGGG GGGG GG GG    LL NNVVFN FFFN NN NN
riskpoints:point          D-reviewed     LL GGGGGG GGGG GG GG    LL NNVVFN FFFN FF NN
riskpoints:point          D-in_force     LL GGGGGG GGGG GG GG    LL NFVVFN FFFF FF FN
riskpoints:point          D-discarded    LL GGGGGG GGGG GG GG    LL NNVVNN NNNN NN NN
riskpoints:point_remove   D-draft        LL GGGGGG GGGG GG GG    LL NNDDNN NNNN NN NN
riskpoints:point_remove   D-submitted    LL GGGGGG GGGG GG GG    LL NNVVFN FFFN NN NN
riskpoints:point_remove   D-in_force     LL GGGGGG GGGG GG GG    LL NFVVFN FFFF FF FN
riskpoints:point_move     D-draft        LL GGGGGG GGGG GG GG    LL NNDDNN NNNN NN NN
riskpoints:point_move     D-submitted    LL GGGGGG GGGG GG GG    LL NNVVFN FFFN NN NN
riskpoints:point_move     D-in_force     LL GGGGGG GGGG GG GG    LL NFVVFN FFFF FF FN
riskpoints:point_category D-draft        LL GGGGGG GGGG GG GG    LL NNDDNN NNNN NN NN
riskpoints:point_category D-submitted    LL GGGGGG GGGG GG GG    LL NNVVFN FFFN NN NN
riskpoints:point_category D-in_force     LL GGGGGG GGGG GG GG    LL NFVVFN FFFF FF FN
riskpoints:point_recover  D-draft        LL GGGGGG GGGG GG GG    LL NNVVNN NNNN NN NN
riskpoints:point_recover  D-submitted    LL GGGGGG GGGG GG GG    LL NNVVFN FFFN NN NN
riskpoints:point_recover  D-in_force     LL GGGGGG GGGG GG GG    LL NFVVFN FFFF FF FN
riskpoints:measure_new    D-draft        LL GGGGGG GGGG GG GG    LL NNDDNN NNNN NN NN
riskpoints:measure_new    D-submitted    LL GGGGGG GGGG GG GG    LL NNVVFN FFFN NN NN
riskpoints:measure_new    D-in_force     LL GGGGGG GGGG GG GG    LL NFVVFN FFFF FF FN
riskpoints:measure        D-draft        LL GGGGGG GGGG GG GG    LL NNDDNN NNNN NN NN
riskpoints:measure        D-submitted    LL GGGGGG GGGG GG GG    LL NNVVFN FFFN NN NN
riskpoints:measure        D-in_force     LL GGGGGG GGGG GG GG    LL NFVVFN FFFF FF FN
riskpoints:measure_remove D-draft/measure LL GGGGGG GGGG GG GG    LL NNDDNN NNNN NN NN
riskpoints:measure_remove D-submitted/measure LL GGGGGG GGGG GG GG    LL NNVVFN FFFN NN NN
riskpoints:measure_remove D-in_force/measure LL GGGGGG GGGG GG GG    LL NFVVFN FFFF FF FN
riskpoints:measure_move   D-draft/measure LL GGGGGG GGGG GG GG    LL NNDDNN NNNN NN NN
riskpoints:measure_move   D-submitted/measure LL GGGGGG GGGG GG GG    LL NNVVFN FFFN NN NN
riskpoints:measure_move   D-in_force/measure LL GGGGGG GGGG GG GG    LL NFVVFN FFFF FF FN
riskpoints:measure_recover D-draft/measure LL GGGGGG GGGG GG GG    LL NNVVNN NNNN NN NN
riskpoints:measure_recover D-submitted/measure LL GGGGGG GGGG GG GG    LL NNVVFN FFFN NN NN
riskpoints:measure_recover D-in_force/measure LL GGGGGG GGGG GG GG    LL NFVVFN FFFF FF FN
riskpoints:undo           D-draft        LL GGGGGG GGGG GG GG    LL NNVVNN NNNN NN NN
riskpoints:undo           D-submitted    LL GGGGGG GGGG GG GG    LL NNVVFN FFFN NN NN
riskpoints:undo           D-in_force     LL GGGGGG GGGG GG GG    LL NFVVFN FFFF FF FN
riskpoints:point_cell_new D-draft       LL GGGGGG GGGG GG GG    LL NNDDNN NNNN NN NN
riskpoints:point_cell_new D-submitted   LL GGGGGG GGGG GG GG    LL NNVVFN FFFN NN NN
riskpoints:point_cell_new S-draft       LL GGGGGG GGGG GG GG    LL NNNNNN NNNN ND NN
riskpoints:point_cell     D-draft        LL GGGGGG GGGG GG GG    LL NNDDNN NNNN NN NN
riskpoints:point_cell     D-submitted    LL GGGGGG GGGG GG GG    LL NNVVFN FFFN NN NN
riskpoints:point_cell     D-in_force     LL GGGGGG GGGG GG GG    LL NFVVFN FFFF FF FN
riskpoints:point_cell     L-draft        LL GGGGGG GGGG GG GG    LL NNNNFN NNNN DF NN
riskpoints:measure_cell_new D-draft     LL GGGGGG GGGG GG GG    LL NNDDNN NNNN NN NN
riskpoints:measure_cell_new D-submitted LL GGGGGG GGGG GG GG    LL NNVVFN FFFN NN NN
riskpoints:measure_cell   D-draft        LL GGGGGG GGGG GG GG    LL NNDDNN NNNN NN NN
riskpoints:measure_cell   D-submitted    LL GGGGGG GGGG GG GG    LL NNVVFN FFFN NN NN
riskpoints:measure_cell   D-in_force     LL GGGGGG GGGG GG GG    LL NFVVFN FFFF FF FN
riskpoints:nil            D-draft        LL GGGGGG GGGG GG GG    LL NNDDNN NNNN NN NN
riskpoints:nil            D-submitted    LL GGGGGG GGGG GG GG    LL NNVVFN FFFN NN NN
riskpoints:nil            D-in_force     LL GGGGGG GGGG GG GG    LL NFVVFN FFFF FF FN
riskpoints:exemption      D-draft        LL GGGGGG GGGG GG GG    LL NNDDNN NNNN NN NN
riskpoints:exemption      D-submitted    LL GGGGGG GGGG GG GG    LL NNVVFN FFFN NN NN
riskpoints:exemption      D-in_force     LL GGGGGG GGGG GG GG    LL NFVVFN FFFF FF FN
riskpoints:ruling         D-draft        LL GGGGGG GGGG GG GG    LL NNVVNN NNNN NN NN
riskpoints:ruling         D-submitted    LL GGGGGG GGGG GG GG    LL NNVVFN FFFN NN NN
riskpoints:ruling         D-in_force     LL GGGGGG GGGG GG GG    LL NFVVFN FFFF FF FN
riskpoints:levelling      D-draft        LL NNVVNN NNNN NN NN    LL NNDDNN NNNN NN NN
riskpoints:levelling      D-submitted    LL NNGGFN FFFN NN NN    LL NNVVFN FFFN NN NN
riskpoints:levelling      D-in_force     LL NFGGFN FFFF FF FN    LL NFVVFN FFFF FF FN
riskpoints:levelling      O-draft        LL NNNNNN NNVN NN NN    LL NNNNNN NNDN NN NN
riskpoints:levelling      S-draft        LL NNNNNN NNNN NG NN    LL NNNNNN NNNN NV NN
riskpoints:walk           D-draft        LL NNGGNN NNNN NN NN    LL NNVVNN NNNN NN NN
riskpoints:walk           D-returned     LL NNVVNN NNNN NN NN    LL NNDDNN NNNN NN NN
riskpoints:walk           D-submitted    LL NNGGFN FFFN NN NN    LL NNVVFN FFFN NN NN
riskpoints:walk           D-in_force     LL NFGGFN FFFF FF FN    LL NFVVFN FFFF FF FN
riskpoints:import         D-draft        LL NNVVNN NNNN NN NN    LL NNVVNN NNNN NN NN
riskpoints:import         D-submitted    LL NNGGFN FFFN NN NN    LL NNVVFN FFFN NN NN
riskpoints:import         D-in_force     LL NFGGFN FFFF FF FN    LL NFVVFN FFFF FF FN
riskpoints:import         O-draft        LL NNNNNN NNVN NN NN    LL NNNNNN NNVN NN NN
riskpoints:import         S-draft        LL NNNNNN NNNN NV NN    LL NNNNNN NNNN NV NN
riskpoints:import_save    D-draft        LL GGGGGG GGGG GG GG    LL NNDDNN NNNN NN NN
riskpoints:import_save    D-submitted    LL GGGGGG GGGG GG GG    LL NNVVFN FFFN NN NN
riskpoints:import_save    D-in_force     LL GGGGGG GGGG GG GG    LL NFVVFN FFFF FF FN
riskpoints:import_save    S-draft        LL GGGGGG GGGG GG GG    LL NNNNNN NNNN ND NN
riskpoints:import_undo    D-draft        LL GGGGGG GGGG GG GG    LL NNVVNN NNNN NN NN
riskpoints:import_undo    D-submitted    LL GGGGGG GGGG GG GG    LL NNVVFN FFFN NN NN
riskpoints:import_undo    D-in_force     LL GGGGGG GGGG GG GG    LL NFVVFN FFFF FF FN
riskpoints:import_undo    S-draft        LL GGGGGG GGGG GG GG    LL NNNNNN NNNN NV NN
riskpoints:import_blank   D-draft        LL NNDDNN NNNN NN NN    LL MMMMMM MMMM MM MM
riskpoints:import_blank   D-in_force     LL NFDDFN FFFF FF FN    LL MMMMMM MMMM MM MM
riskpoints:import_blank   S-draft        LL NNNNNN NNNN ND NN    LL MMMMMM MMMM MM MM
riskpoints:import_draft   D-draft        LL NNDDNN NNNN NN NN    LL MMMMMM MMMM MM MM
riskpoints:import_draft   D-submitted    LL NNDDFN FFFN NN NN    LL MMMMMM MMMM MM MM
riskpoints:import_draft   D-in_force     LL NFDDFN FFFF FF FN    LL MMMMMM MMMM MM MM
riskpoints:import_draft   S-draft        LL NNNNNN NNNN ND NN    LL MMMMMM MMMM MM MM
riskpoints:remark_answer  D-returned     LL GGGGGG GGGG GG GG    LL NNDDNN NNNN NN NN
riskpoints:revise         D-in_force     LL NFVVFN FFFF FF FN    LL NFDDFN FFFF FF FN
riskpoints:revise         D-revised      LL NFGGFN FFFF FF FN    LL NFVVFN FFFF FF FN
riskpoints:revise         D-past         LL NNGGFN FFFN FF NN    LL NNVVFN FFFN FF NN
riskpoints:revise         O-in_force     LL NNNNFN FFVF FF FN    LL NNNNFN FFDF FF FN
riskpoints:revise         S-in_force     LL NNNNFN FFFF FV FN    LL NNNNFN FFFF FD FN
"""

# Deciding: who wrote never reviews, who reviewed never confirms, an administrator does neither.
DECIDING = """
#                                        ax nschlo rwdv pf mu    ax nschlo rwdv pf mu
riskpoints:act    D-draft/submit         LL NNFVNN NNNN NN NN    LL NNFDNN NNNN NN NN
riskpoints:act    D-submitted/submit     LL NNFGFN FFFN NN NN    LL NNFVFN FFFN NN NN
riskpoints:act    D-in_force/submit      LL NFFGFN FFFF FF FN    LL NFFVFN FFFF FF FN
riskpoints:act    O-draft/submit         LL NNNNNN NNVN NN NN    LL NNNNNN NNDN NN NN
riskpoints:act    L-draft/submit         LL NNNNFN NNNN FV NN    LL NNNNFN NNNN FD NN
riskpoints:act    S-draft/submit         LL NNNNNN NNNN NV NN    LL NNNNNN NNNN ND NN
riskpoints:act    D-submitted/recall     LL NNFVFN FFFN NN NN    LL NNFDFN FFFN NN NN
riskpoints:act    O-submitted/recall     LL NNNNNN FFVF NN NN    LL NNNNNN FFDF NN NN
riskpoints:act    S-submitted/recall     LL NNNNNN FFFN NV NN    LL NNNNNN FFFN ND NN
riskpoints:act    D-reviewed/recall      LL NNFGFN FFFN FF NN    LL NNFVFN FFFN FF NN
riskpoints:act    D-submitted/return     LL NNFFFN VFVN NN NN    LL NNFFFN DFDN NN NN
riskpoints:act    O-submitted/return     LL NNNNNN FFFV NN NN    LL NNNNNN FFFD NN NN
riskpoints:act    S-submitted/return     LL NNNNNN VVVN NF NN    LL NNNNNN DDDN NF NN
riskpoints:act    D-reviewed/return      LL NNFFFN VFVN VF NN    LL NNFFFN DFDN DF NN
riskpoints:act    O-reviewed/return      LL NNNNNN FFFV VF NN    LL NNNNNN FFFD DF NN
riskpoints:act    L-reviewed/return      LL NNNNFN VVVN FF NN    LL NNNNFN DDDN FF NN
riskpoints:act    S-reviewed/return      LL NNNNNN VVVN VF NN    LL NNNNNN DDDN DF NN
riskpoints:act    D-submitted/approve    LL NNFFFN VFVN NN NN    LL NNFFFN DFDN NN NN
riskpoints:act    O-submitted/approve    LL NNNNNN FFFV NN NN    LL NNNNNN FFFV NN NN
riskpoints:act    S-submitted/approve    LL NNNNNN VVVN NF NN    LL NNNNNN DDDN NF NN
riskpoints:act    D-submitted/confirm    LL NNFFFN FFFN NN NN    LL NNFFFN FFFN NN NN
riskpoints:act    D-reviewed/confirm     LL NNFFFN FFFN VV NN    LL NNFFFN FFFN DD NN
riskpoints:act    O-reviewed/confirm     LL NNNNNN FFFF VV NN    LL NNNNNN FFFF DD NN
riskpoints:act    L-reviewed/confirm     LL NNNNFN FFFN FF NN    LL NNNNFN FFFN FF NN
riskpoints:act    S-reviewed/confirm     LL NNNNNN FFFN VF NN    LL NNNNNN FFFN DF NN
riskpoints:act    D-recorded/compare     LL NNFFFN VVVN FF NN    LL NNFFFN DDDN FF NN
riskpoints:act    D-recorded/mismatch    LL NNFFFN VVVN FF NN    LL NNFFFN DDDN FF NN
riskpoints:act    D-reviewed/compare     LL NNFFFN FFFN FF NN    LL NNFFFN FFFN FF NN
riskpoints:act    D-recorded/confirm     LL NNFFFN FFFN FF NN    LL NNFFFN FFFN FF NN
riskpoints:act    D-in_force/confirm     LL NFFFFN FFFF GG FN    LL NFFFFN FFFF VV FN
riskpoints:act    D-revision/discard     LL NNFVNN NNNN NN NN    LL NNFDNN NNNN NN NN
riskpoints:act    D-draft/discard        LL NNFGNN NNNN NN NN    LL NNFVNN NNNN NN NN
riskpoints:act    D-draft/confirm        LL NNFFNN NNNN NN NN    LL NNFFNN NNNN NN NN
riskpoints:act    D-draft/nonsense       LL NNNNNN NNNN NN NN    LL NNNNNN NNNN NN NN
riskpoints:assess D-submitted            LL GGGGGG GGGG GG GG    LL NNFFFN DFDN NN NN
riskpoints:assess O-submitted            LL GGGGGG GGGG GG GG    LL NNNNNN FFFD NN NN
riskpoints:assess L-submitted            LL GGGGGG GGGG GG GG    LL NNNNFN DDDN FF NN
riskpoints:assess S-submitted            LL GGGGGG GGGG GG GG    LL NNNNNN DDDN NF NN
riskpoints:assess D-draft                LL GGGGGG GGGG GG GG    LL NNFFNN NNNN NN NN
riskpoints:assess D-reviewed             LL GGGGGG GGGG GG GG    LL NNFFFN VFVN FF NN
riskpoints:assess D-in_force             LL GGGGGG GGGG GG GG    LL NFFFFN VVVF FF FN
riskpoints:assess D-past                 LL GGGGGG GGGG GG GG    LL NNFFFN VFVN FF NN
riskpoints:assess D-returned             LL GGGGGG GGGG GG GG    LL NNFFNN VVVN NN NN
"""

# The year's work: everybody of the school reads it; a head writes what the own department did.
CAMPAIGN = """
#                                    ax nschlo rwdv pf mu    ax nschlo rwdv pf mu
campaign:plan                 -      LL FVVVVV VVVV VV FV    LL MMMMMM MMMM MM MM
campaign:milestone_new        -      LL FFFFFF FFFF FV FF    LL FFFFFF FFFF FD FF
campaign:milestone_edit       -      LL FFFFFF FFFF FV FF    LL FFFFFF FFFF FD FF
campaign:task_new             -      LL FFFFFF FFFF FV FF    LL FFFFFF FFFF FD FF
campaign:task_edit            -      LL FFFFFF FFFF FV FF    LL FFFFFF FFFF FD FF
campaign:basis_new            -      LL FFFFFF FFFF FV FF    LL FFFFFF FFFF FD FF
campaign:basis_edit           -      LL FFFFFF FFFF FV FF    LL FFFFFF FFFF FD FF
campaign:basis_end            -      LL FFFFFF FFFF FG FF    LL FFFFFF FFFF FD FF
campaign:basis_file           -      LL FDDDDD DDDD DD FD    LL MMMMMM MMMM MM MM
campaign:plan_paper           -      LL FDDDDD DDDD DD FD    LL MMMMMM MMMM MM MM
campaign:notice_answer        -/plan LL FFFVFF FFFF FF FF    LL FFFDFF FFFF FF FF
campaign:notice_paper         -/plan LL FDDDDD DDDD DD FD    LL MMMMMM MMMM MM MM
campaign:task                 -      LL FVVVVV VVVV VV FV    LL MMMMMM MMMM MM MM
campaign:supervise            -      LL FFFFFF FFFF FV FF    LL FFFFFF FFFF FV FF
campaign:task_file            -      LL FDDDDD DDDD DD FD    LL MMMMMM MMMM MM MM
campaign:task_act             -/report LL FFFGFF FFFF FF FF  LL FFFDFF FFFF FF FF
campaign:task_act             -/accept LL FFFFFF FFFF FG FF  LL FFFFFF FFFF FV FF
campaign:board                -      LL FFFFFF FFFF FV FF    LL MMMMMM MMMM MM MM
campaign:remind               -      LL FFFFFF FFFF FV FF    LL FFFFFF FFFF FD FF
campaign:deliveries           -      LL FVVVVV VVVV VV FV    LL MMMMMM MMMM MM MM
campaign:delivery_new         -      LL FFFFFF FFFF FV FF    LL FFFFFF FFFF FD FF
campaign:delivery_register    -      LL FDDDDD DDDD DD FD    LL MMMMMM MMMM MM MM
campaign:delivery             -      LL FVVVVV VVVV VV FV    LL FFFFFF FFFF FD FF
campaign:delivery_slip        -      LL FDDDDD DDDD DD FD    LL MMMMMM MMMM MM MM
campaign:upkeep               D-in_force LL NFFVFN FFFF FF FN LL NFFVFN FFFF FF FN
campaign:upkeep               O-in_force LL NNNNFN FFVF FF FN LL NNNNFN FFVF FF FN
campaign:upkeep               S-in_force LL NNNNFN FFFF FV FN LL NNNNFN FFFF FV FN
campaign:issued               -      LL FVVVVV VVVV VV FV    LL MMMMMM MMMM MM MM
campaign:issued_new           -      LL FFFFFF FFFF FV FF    LL FFFFFF FFFF FD FF
campaign:issued_register      -      LL FDDDDD DDDD DD FD    LL MMMMMM MMMM MM MM
campaign:issued_one           -      LL FVVVVV VVVV VV FV    LL FFFFFF FFFF FD FF
campaign:issued_edit          -      LL FFFFFF FFFF FV FF    LL FFFFFF FFFF FD FF
campaign:issued_file          -      LL FDDDDD DDDD DD FD    LL MMMMMM MMMM MM MM
campaign:education            -      LL FVVVVV VVVV VV FV    LL MMMMMM MMMM MM MM
campaign:education_new        -      LL FFFVFV VVVF FV FF    LL FFFDFD DDDF FD FF
campaign:education_measures   -      LL FFFVFV VVVF FV FF    LL FFFVFV VVVF FV FF
campaign:education_ledger     -      LL FDDDDD DDDD DD FD    LL MMMMMM MMMM MM MM
campaign:education_event      -      LL FVVVVV VVVV VV FV    LL MMMMMM MMMM MM MM
campaign:education_edit       -      LL FFFVFF VVVF FV FF    LL FFFDFF DDDF FD FF
campaign:education_material   -      LL FGGGGG GGGG GG FG    LL FFFDFF DDDF FD FF
campaign:education_download   -      LL FDDDDD DDDD DD FD    LL MMMMMM MMMM MM MM
campaign:education_sheet      -      LL FDDDDD DDDD DD FD    LL MMMMMM MMMM MM MM
"""

# Checks: 总务处's head fills one of level one in; the reviewer's was handed in, which is the principal's to review.
OVERSIGHT = """
#                                    ax nschlo rwdv pf mu    ax nschlo rwdv pf mu
oversight:checks              -      LL FVVVVV VVVV VV VF    LL MMMMMM MMMM MM MM
oversight:list                -      LL FDDDDD DDDD DD DF    LL MMMMMM MMMM MM MM
oversight:start               -      LL FFVVFF FFFF FF FF    LL FFDDFF FFFF FF FF
oversight:supervise           -      LL FFFFFF VVVV FF FF    LL FFFFFF DDDV FF FF
oversight:sheet               -      LL NVVVVN VVVV VV VN    LL NFDDFN FFFF FF FN
oversight:paper               -      LL NDDDDN DDDD DD DN    LL MMMMMM MMMM MM MM
oversight:review              -/handed_in LL NGGGGN GGGG GG GN LL NFFFFN FFFF DF FN
oversight:evidence            -      LL NVVVVN VVVV VV VN    LL NFDDFN FFFF FF FN
oversight:evidence_file       -      LL NDDDDN DDDD DD DN    LL MMMMMM MMMM MM MM
oversight:evidence_remove     -      LL NGGGGN GGGG GG GN    LL NFDDFN FFFF FF FN
"""

# Findings and handlings, all of 总务处: one about the department and one about its staff (/person).
MATTERS = """
#                                    ax nschlo rwdv pf mu    ax nschlo rwdv pf mu
oversight:findings            -      LL FVVVVV VVVV VV FF    LL MMMMMM MMMM MM MM
oversight:finding_choose      -      LL FFFFFF VVVV FF FF    LL MMMMMM MMMM MM MM
oversight:finding_new         -      LL FFFFFF VVVF FF FF    LL FFFFFF DDDF FF FF
oversight:finding             -      LL NNVVVN VVVV VV NN    LL MMMMMM MMMM MM MM
oversight:finding             -/person LL NNNNNN DDDD NN NN  LL MMMMMM MMMM MM MM
oversight:finding_answer      -      LL NNGGGN GGGG GG NN    LL NNDDFN FFFF FF NN
oversight:finding_act         -/drop LL NNGGGN GGGG GG NN    LL NNFFFN DDDF FF NN
oversight:handling_new        -      LL NNFFFN VVVF FF NN    LL NNFFFN DDDF FF NN
oversight:handling            -      LL NNVVVN VVVV VV NN    LL MMMMMM MMMM MM MM
oversight:handling            -/person LL NDNNNN DDDD NN NN  LL MMMMMM MMMM MM MM
oversight:handling            -/drafted LL NNNNNN DDDD DN NN LL MMMMMM MMMM MM MM
oversight:reply_file          -/reply LL NNDDDN DDDD DD NN   LL MMMMMM MMMM MM MM
oversight:handling_paper      -/notice LL NNDDDN DDDD DD NN  LL MMMMMM MMMM MM MM
oversight:handling_paper      -/reply LL NNDDDN DDDD DD NN   LL MMMMMM MMMM MM MM
oversight:ledger              -      LL FFDDDD DDDD DD FF    LL MMMMMM MMMM MM MM
oversight:volume              -      LL FFFFFF DDDD FF FF    LL MMMMMM MMMM MM MM
oversight:handling_act        -/approve LL NNNNNN FVVV FN NN LL NNNNNN FDDD FN NN
oversight:handling_act        -/receive LL NNFVFN FFFF FF NN LL NNFDFN FFFF FF NN
oversight:handling_act        -/accept LL NNFFFN VVVF FF NN  LL NNFFFN DDDF FF NN
"""

# Assessments of 总务处: this year's is being written, one before was handed in, another one scored; a proposed veto.
JUDGING = """
#                                    ax nschlo rwdv pf mu    ax nschlo rwdv pf mu
oversight:assessments         -      LL FFFVVV VVVV VV FF    LL MMMMMM MMMM MM MM
oversight:assessment_list     -      LL FFFDDD DDDD DD FF    LL MMMMMM MMMM MM MM
oversight:indicators          empty  LL FFFVVV VVVV VV FF    LL FFFFFF FFFF FD FF
oversight:assessment_start    returned LL FFFVFF FFFF FF FF  LL FFFDFF FFFF FF FF
oversight:assessment_decide   reviewed LL FFFFFF FFFF VV FF  LL FFFFFF FFFF DD FF
oversight:assessment_heads    draft  LL FFFFFF FFFF VV FF    LL FFFFFF FFFF DD FF
oversight:assessment          -      LL NNNVVN VVVV VV NN    LL NNNDFN FFFF FF NN
oversight:assessment          -/handed_in LL NNNVVN VVVV VV NN LL NNNVFN FFFF FF NN
oversight:assessment_score    -/handed_in LL NNNFFN VVVF FF NN LL NNNFFN DDDF FF NN
oversight:assessment_return   -/handed_in LL NNNGGN GGGG GG NN LL NNNFFN DDDF FF NN
oversight:assessment_paper    -      LL NNNDDN DDDD DD NN    LL MMMMMM MMMM MM MM
oversight:assessment_file     -/handed_in LL NNNDDN DDDD DD NN LL MMMMMM MMMM MM MM
oversight:veto_propose        draft  LL FFFFFF VVVV FF FF    LL FFFFFF DDDV FF FF
oversight:veto                -      LL NNNNNN DDDD DN NN    LL NNNNNN FFFD DN NN
"""

BLOCKS = (
    COMING_IN,
    ORGANISATION,
    READING,
    SAYING,
    LIBRARY,
    POWERS,
    REGULATIONS,
    RULES,
    YEARS,
    OPENING,
    FILLING,
    DECIDING,
    CAMPAIGN,
    OVERSIGHT,
    MATTERS,
    JUDGING,
)


@dataclass(frozen=True)
class Row:
    """One address with one object, and the letter of each person for GET and POST."""

    name: str
    case: str
    answers: dict[str, dict[str, str]]

    def __str__(self) -> str:
        return f"{self.name} {self.case}"


def _row(line: str) -> Row:
    name, case, *groups = line.split()
    letters = "".join(groups)
    assert len(letters) == 2 * len(PEOPLE), f"“{name} {case}” has {len(letters)} letters instead of {2 * len(PEOPLE)}"
    assert set(letters) <= LETTERS, f"“{name} {case}” has letters that mean nothing"
    halves = {"GET": letters[: len(PEOPLE)], "POST": letters[len(PEOPLE) :]}
    return Row(name, case, {method: dict(zip(PEOPLE, half, strict=True)) for method, half in halves.items()})


ROWS = [_row(line) for block in BLOCKS for line in block.strip().splitlines() if not line.startswith("#")]
